# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# inside.sh FOLDER SERVERS TEST...: runs the tests in a machine, each to a line of
# FOLDER/results (its name, exit status, and the time) and FOLDER/NAME, what it said.
folder=$1
[ -z "$2" ] || export SERVERS="$2"
shift 2
export DUALBIND_TAPS=/tmp TEST_TIMEOUT=2000 SERVERS_SECONDS=900 TEST_PEERS=200000
for test in "$@"; do
	tests/run-one "$test" >"$folder/$(basename "$test")" 2>&1 </dev/null
	echo "$test $? $(cut -d ' ' -f 1 /proc/uptime)" >>"$folder/results"
done
