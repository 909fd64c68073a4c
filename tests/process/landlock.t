#!/bin/sh
# SPDX-License-Identifier: MIT
# Landlock's rules for bind(2): what a program has denied itself stays denied with the
# library, and what it may bind is converted.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${TEST_BUILD:-build}/tests/process/snippets/landlock
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up

ok() { # NUMBER NAME GOT EXPECTED
	if [ "$3" = "$4" ]; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		printf '%s\n' "got: $3" "expected: $4" | sed 's/^/# /'
	fi
}

native=$("$program" 8080)
if [ $? -eq 77 ]; then
	echo '1..0 # SKIP no Landlock of ports on this kernel'
	exit
fi
with=$(LD_PRELOAD=$library DUALBIND_ALLOW='*/any 127.0.0.1:*' DUALBIND_LOG=info:$work/log "$program" 8080)
ok 1 'natively the rules are in force' \
	"$(printf '%s\n' "$native" | grep -c ': EACCES$')" 4
ok 2 'with the library each bind ends as it does without' "$with" "$native"
ok 3 'the port that is allowed is converted, and another over UDP, which no rule is for' \
	"$(sed -n 's/.* port=\([^ ]*\) converted.*/\1/p' "$work/log" | sort | tr '\n' ' ')" '8080/tcp 8081/udp '
echo 1..3
