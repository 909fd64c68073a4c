#!/bin/sh
# SPDX-License-Identifier: MIT
# What tests/needs says of each script: targets that make knows, and all of them.
# needs: build/dualbind
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
unset MAKEFLAGS MAKELEVEL
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

needed=$(tests/needs tests/*/*.t 2>"$work/err")
is 'every script has whole paths, or says what it needs' "$? $(cat "$work/err")" '0 '
# shellcheck disable=SC2086 # a list
make --no-print-directory --dry-run $needed 2>"$work/err" >/dev/null
is 'make can build all of that' "$? $(cat "$work/err")" '0 '
is 'of a source, its program' "$(tests/needs tests/unit/test_mark.c tests/process/check_flood.c)" \
	"build/tests/process/check_flood
build/tests/unit/test_mark"

# A script of our own, and one that it reads.
says() { # TEXT
	printf '%s\n' "$1" >"$work/some.t"
	tests/needs "$work/some.t" 2>&1
}
is 'a path in its text' "$(says "\"\$ROOT/build/tests/refuse\" x; \${BUILD:-build}/dualbind")" 'build/dualbind
build/tests/refuse'
is '... not in a comment' "$(says '	# build/tests/refuse')" ''
printf 'library=build/libdualbind.so\n' >"$work/read.sh"
is '... nor only in its own' "$(says ". \"\$(dirname \"\$0\")/read.sh\"")" build/libdualbind.so
# shellcheck disable=SC2016 # text
for part in 'build/tests/go-$kind' 'tools=build/tests' 'build/tests/fuzz/$x' 'x=build}/tests/process/snippets' 'BUILD = "build"'; do
	matches "a part of a path: $part" "$(says "$part")" '*some.t: *build* and what? Say it: # needs: TARGET...'
	is '... with what comes of it' "$(says "# needs: build/dualbind tests
$part")" 'build/dualbind
tests'
done
echo 1..$number
