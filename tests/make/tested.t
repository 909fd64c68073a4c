#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/tested, which make lint runs: it names each module without a test of its name.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/shim/core/swap" "$work/shim/cmd" "$work/shim/preload" "$work/tests/unit" "$work/tests/process" "$work/tests/e2e"
for file in shim/core/swap/swap.c tests/unit/test_swap.c shim/core/swap/names.c tests/process/check_names.c shim/cmd/run.c \
	tests/process/command-run.t shim/cmd/ps.c tests/e2e/command-ps.t shim/preload/hook.c tests/process/oracle.t; do
	: >"$work/$file"
done
list() { # LINES
	printf '# a comment\n%b\n' "$1" >"$work/tests/tested-elsewhere"
}
elsewhere='shim/preload/hook.c\ttests/process/oracle.t\ta few lines'
list "$elsewhere"
said() {
	scripts/tested "$work" 2>&1
	echo $?
}
is 'each has one' "$(said)" 0

: >"$work/shim/core/swap/other.c"
matches 'a module without a test' "$(said)" 'shim/core/swap/other.c: there is no test of its name (tests/unit/test_other.c)*
1'
: >"$work/tests/unit/test_other_half.c"
matches 'a test of part of it is none' "$(said)" 'shim/core/swap/other.c: there is no test*1'
: >"$work/tests/unit/test_other.c"
is 'a module that gets a test' "$(said)" 0

list ''
matches 'a module that is not on the list' "$(said)" 'shim/preload/hook.c: there is no test*1'
list "$elsewhere\nshim/core/swap/swap.c\ttests/process/oracle.t\tno need"
is 'a module on the list that has its own' "$(said)" 'tests/tested-elsewhere: shim/core/swap/swap.c has a test of its own, tests/unit/test_swap.c
1'
list "$elsewhere\nshim/core/swap/none.c\ttests/process/oracle.t\tno need"
is 'a module that has gone' "$(said)" 'tests/tested-elsewhere: shim/core/swap/none.c is not there
1'
list 'shim/preload/hook.c\ttests/process/none.t\ta few lines'
is 'a test that has gone' "$(said)" 'tests/tested-elsewhere: shim/preload/hook.c: tests/process/none.t is not there
1'
list 'shim/preload/hook.c\ttests/process/oracle.t'
is 'no reason' "$(said)" 'tests/tested-elsewhere: shim/preload/hook.c: there is no reason
1'
is 'this tree' "$(scripts/tested 2>&1; echo $?)" 0
echo 1..$number
