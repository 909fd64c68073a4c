#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests of Go's own net packages, under the supervisor: they make system
# calls without a C library.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
. "$(dirname "$0")/foreign.sh"
GO=${GO:-$(command -v /usr/bin/go || command -v go || echo /usr/local/go/bin/go)}
[ -x "$GO" ] || skip_all 'no go (golang-go)'
GOROOT=$("$GO" env GOROOT)
export GOROOT GOFLAGS='' GOTOOLCHAIN=local CGO_ENABLED=0 GOCACHE="$ROOT/build/go-cache"
mkdir -p "$ROOT/build/foreign"
for package in net net/http; do
    program=$ROOT/build/foreign/$(echo "go-$package" | tr / -).test
    [ -e "$program" ] || (cd "$GOROOT/src/$package" && "$GO" test -c -o "$program" .) >"$program.log" 2>&1 ||
        skip_all "$(tail -n 1 "$program.log")"
done
forms dual

# The tests read files beside their sources.
run_suite() { # RESULTS PACKAGE|PACKAGE:TEST
    suite_package=${2%%:*}
    suite_pattern=.
    case $2 in *:*) suite_pattern="^${2#*:}\$" ;; esac
    cd "$GOROOT/src/$suite_package" || return
    go_status=0
    supervise "$ROOT/build/foreign/$(echo "go-$suite_package" | tr / -).test" \
        -test.short -test.v -test.run "$suite_pattern" >"$1.text" 2>&1 || go_status=$?
    grep -v -- '^--- ' "$1.text"
    sed -n "s|^--- PASS: \([^ ]*\).*|pass $suite_package:\1|p; s|^--- FAIL: \([^ ]*\).*|fail $suite_package:\1|p
        s|^--- SKIP: \([^ ]*\).*|skip $suite_package:\1|p" "$1.text" >"$1"
    return "$go_status"
}
compare net
# Most of net/http's tests ask or dial the name of a listener on 127.0.0.1, by TLS too,
# which for a promoted one is [::] under supervision: they fail, or wait for ever.
RULES='*
*/any'
compare net/http
done_testing
