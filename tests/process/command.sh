# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For tests of the command: build/dualbind, run and looked at. Read by command-*.t,
# which are started in this folder's grandparent by tests/run or by prove.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck disable=SC2034 # for the tests
command=$PWD/build/dualbind
# shellcheck disable=SC2034 # likewise
library=$PWD/build/libdualbind.so
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM HUP
trap 'exit 130' INT
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh
unset LD_PRELOAD DUALBIND_ALLOW DUALBIND_PEERS DUALBIND_POOL DUALBIND_LOG DUALBIND_DRY_RUN DUALBIND_LIBRARY TEST_TAPS

# Runs a command; its exit status in $status, what it wrote in out and err.
try() { # COMMAND...
	status=0
	timeout 20 "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

out() { cat "$work/out"; }
err() { cat "$work/err"; }

skip() { # NAME REASON
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# Whether this kernel lets a program be supervised.
can_supervise() {
	! DUALBIND_ALLOW='*' "$command" run --mode supervise true 2>&1 | grep -q 'not supervised: the kernel lacks'
}

# Wrong usage, a refusal: an exit status, nothing on standard output, and words
# on standard error.
refused() { # NAME STATUS PATTERN COMMAND...
	refused_name=$1 refused_status=$2 refused_words=$3
	shift 3
	try "$@"
	is "$refused_name: exit status $refused_status" "$status $(out)" "$refused_status "
	matches "$refused_name: says so" "$(err)" "$refused_words"
}

# A member of the JSON object that was written, or of its innermost list's only
# element: words are names and numbers on the way to it.
member() { # NAME|INDEX...
	/usr/bin/python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for step in sys.argv[2:]:
    value = value[int(step) if isinstance(value, list) else step]
print(json.dumps(value))' "$work/out" "$@"
}

finish() {
	echo "1..$number"
}
