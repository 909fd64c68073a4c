#!/bin/sh
# SPDX-License-Identifier: MIT
# A stranger, not shimmed, holds the port in one family or in both: what the
# program gets is what it gets without the shim, and the stranger loses nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
forms ipv6

run() { # FILE ENVIRONMENT...
    record_file=$1
    shift
    set -- timeout 60 env "$@" "$PYTHON" "$APPS/dual-stranger.py" 8080
    [ "$ALLOW" != "$HARSH_RULES" ] || set -- "$@" widened
    in_pod "$@" >"$record_file" 2>"$record_file.log"
}

compare() {
    ok "$ALLOW: runs without the shim" run "$DIR/native"
    ok "$ALLOW: both succeed in places" grep -q 'own 0.0.0.0 none: listen ok' "$DIR/native"
    ok "$ALLOW: fails in places" grep -q 'bind EADDRINUSE' "$DIR/native"
    ok "$ALLOW: runs" run "$DIR/shimmed" LD_PRELOAD="$LIB" DUALBIND_ALLOW="$ALLOW"
    ok "$ALLOW: as without the shim" same "$DIR/native" "$DIR/shimmed"
}

each_rules compare
done_testing
