#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/paths, which make lint runs: it names each path that leads nowhere.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/shim/core/swap" "$work/docs" "$work/tests/unit"
: >"$work/shim/core/swap/swap.c"
: >"$work/tests/unit/test_swap.c"
cat >"$work/docs/some.md" <<'MD'
`swap/swap.c`, shim/core, (shim/core/swap/swap.c), `tests/unit/test_swap.c` and docs/some.md are there;
tests/compat/NAME.t is any, tests/{unit,e2e} are several, and /usr/share/docs/none.md is none of ours.
MD
printf '/* swap/swap.c */\n' >"$work/tests/unit/test_other.c"
is 'all are there' "$(scripts/paths "$work" 2>&1; echo $?)" 0

wrong() { # NAME FILE LINE PATH
	printf '%s\n' "$3" >>"$work/$2"
	is "$1" "$(scripts/paths "$work" 2>&1; echo $?)" "$2:$(($(wc -l <"$work/$2"))): $4 is not there
1"
	sed -i '$d' "$work/$2"
}
wrong 'a file, in a document' docs/some.md 'see shim/core/swap/other.c for it' shim/core/swap/other.c
wrong 'a file with its room alone' docs/some.md '(swap/other.c)' swap/other.c
wrong 'a folder' docs/some.md 'all of scripts/none/ and more' scripts/none/
wrong 'a test, in a document' docs/some.md '(tests/e2e/none.t)' tests/e2e/none.t
wrong 'a file, in a comment' shim/core/swap/swap.c '/* as in swap/other.h */' swap/other.h
wrong 'a test, in a comment' tests/unit/test_swap.c '/* tests/unit/test_none.c */' tests/unit/test_none.c
is 'this tree' "$(scripts/paths 2>&1; echo $?)" 0
echo 1..$number
