# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the machine of aarch64-*.t does: runs the tests named in "list" one after
# another (two at a time take much longer there), each to a line "tap", its name,
# exit status, how many of its cases passed and the time, and to what else it said.
one() { # TEST
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 250 "$1" >"/tmp/${1##*/}" 2>&1
	echo "tap ${1##*/} $? $(grep -c '^ok ' "/tmp/${1##*/}") $(cut -d ' ' -f 1 /proc/uptime)
$(grep -v -e '^ok ' -e '^1\.\.' "/tmp/${1##*/}" | sed "s/^/# ${1##*/}: /")"
}
while read -r test; do one "$test" </dev/null; done <list
