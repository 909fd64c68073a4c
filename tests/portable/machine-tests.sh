# shellcheck shell=sh
# What the machine of aarch64-*.t does: runs the tests named in "list", two at a
# time, each to a line "tap", its name, exit status, and how many of its cases
# passed, and to what it said of those that did not.
one() { # TEST
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 250 "$1" >"/tmp/${1##*/}" 2>&1
	echo "tap ${1##*/} $? $(grep -c '^ok ' "/tmp/${1##*/}") $(cut -d ' ' -f 1 /proc/uptime)
$(grep -v -e '^ok ' -e '^1\.\.' "/tmp/${1##*/}" | sed "s/^/# ${1##*/}: /")"
}
sed -n 'p;n' list | while read -r test; do one "$test"; done &
sed -n 'n;p' list | while read -r test; do one "$test"; done &
wait
