# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# inside.sh FOLDER SERVERS TEST...: runs the tests in a machine, as many at once as it has
# processors, each to a line of FOLDER/results (its name, exit status, how many seconds it
# took, and when it ended) and FOLDER/NAME, what it said.
folder=$1
[ -z "$2" ] || export SERVERS="$2"
shift 2
export TEST_TAPS=/tmp TEST_TIMEOUT=2000 CK_TIMEOUT_MULTIPLIER=10 SERVERS_SECONDS=900 TEST_PEERS=200000
# shellcheck disable=SC2016 # for that shell
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" sh -c '
	begun=$(cut -d . -f 1 /proc/uptime)
	tests/run-one "$2" >"$1/$(basename "$2")" 2>&1 </dev/null
	status=$? ended=$(cut -d . -f 1 /proc/uptime)
	flock /tmp/results sh -c "echo $2 $status $((ended - begun)) $ended >>$1/results"
' one "$folder"
