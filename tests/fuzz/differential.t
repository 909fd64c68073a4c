#!/bin/sh
# SPDX-License-Identifier: MIT
# A few hundred sequences of the differential fuzzer, always the same ones; and
# that it does find what differs.
set -u
cd "$(dirname "$0")/../.." || exit 1
if found=$(timeout 200 tests/fuzz/differential.py --first 1 --count 250 --findings 3 2>&1); then
	echo "ok 1 - $found"
else
	echo 'not ok 1 - sequences of socket calls with and without the library'
	printf '%s\n' "$found" | sed 's/^/# /'
fi
# Without the list of what may differ there is something to find.
if found=$(timeout 100 tests/fuzz/differential.py --first 1 --count 100 --world 0 --findings 1 --unlisted 2>&1); then
	echo "not ok 2 - what differs is found"
else
	echo 'ok 2 - what differs is found'
fi
printf '%s\n' "$found" | sed 's/^/# /'
echo 1..2
