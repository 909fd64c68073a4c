#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/log-lines, which make lint runs: it names each line of the log that docs/log.md lacks, or has too many.
# shellcheck disable=SC2016 # text of documents
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/docs" "$work/shim/core/bind" "$work/shim/preload" "$work/shim/supervise"
cat >"$work/shim/core/bind/bind.c" <<'END'
/* "not a line of it" */
#include "some file name.h"
tell("not converted: the program has it" " already ", "word");
END
echo '| `the program has it already` | debug |' >"$work/docs/log.md"
is 'each line is there' "$(scripts/log-lines "$work" 2>&1; echo $?)" 0
echo 'tell(" another line ");' >"$work/shim/supervise/new.c"
is 'one is missing' "$(scripts/log-lines "$work" 2>&1; echo $?)" 'shim/supervise/new.c: not in docs/log.md: another line
1'
printf '| `another line` |\n| `an old line: ...` |\n' >>"$work/docs/log.md"
is 'one is old' "$(scripts/log-lines "$work" 2>&1; echo $?)" 'docs/log.md:3: no line of the sources: an old line
1'
is 'this tree' "$(scripts/log-lines 2>&1; echo $?)" 0
echo 1..$number
