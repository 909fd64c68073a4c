#!/bin/sh
# SPDX-License-Identifier: MIT
# How much is built: few commands after a change to one module of the core, for that module's
# test; and for any test what it needs, and nothing else.
# needs: build/tests/unit/test_mark build/libdualbind.so
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
unset MAKEFLAGS MAKELEVEL
export LC_ALL=C

# The commands that make would run; and what they make, by the lines that tell of it.
commands() { # ARGUMENT...
	make --no-print-directory --dry-run "$@"
}
made() {
	sed -n "s/^printf '  %-5s %s.n' //p"
}

is 'the test of mark.c is there, and new' "$(commands build/tests/unit/test_mark)" \
	"make: 'build/tests/unit/test_mark' is up to date."
commands=$(commands -W shim/core/socket/mark.c build/tests/unit/test_mark)
is 'a change to mark.c makes its object, the archive and its test anew' "$(printf '%s\n' "$commands" | made)" \
	"CC build/core/socket/mark.o
AR build/libcore.a
LINK build/tests/unit/test_mark"
is '... by ten commands at most' "$(($(printf '%s\n' "$commands" | grep -vc '^printf') <= 10))" 1

anew() { # TEST
	tests/needs "$1" | xargs make --no-print-directory --dry-run --always-make | made | grep -v '^CC .*\.o$'
}
is 'for nginx.t nothing but the library is built' "$(anew tests/e2e/nginx.t)" 'LINK build/libdualbind.so'
is 'for supervise-static.t the command and its server, too' "$(anew tests/e2e/supervise-static.t)" \
	"AR build/libcore.a
LINK build/dualbind
LINK build/libdualbind.so
CC build/tests/static-server"
echo 1..$number
