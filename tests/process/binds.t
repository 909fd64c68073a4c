#!/bin/sh
# SPDX-License-Identifier: MIT
# needs: build/tests/process/snippets/binds
# What a bind costs a program that has many sockets already, in system calls, as strace(1) counts them: of each
# other descriptor one question, and none where the program's own call tells all. And what it does is
# never in the way of another program's bind that succeeds natively.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${DUALBIND_BUILD:-build}/tests/process/snippets/binds
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

# The system calls of the last of COUNT binds.
calls() { # KIND COUNT [OPTION...]
	strace -o "$work/trace" -E LD_PRELOAD="$library" -E DUALBIND_ALLOW='*/any' "$program" "$@" >"$work/out" 2>&1
	awk '/^write\(-1, "bind"/ { count = 0; of = 1; next } /^write\(-1, "rest"/ { of = 0; next } of { count++ } END { print count }' \
		"$work/trace"
}

# How many more with ten times as many sockets, each counting tenths.
grows_by() { # WHAT LIMIT KIND [OPTION...]
	what=$1 limit=$2
	shift 2
	few=$(calls "$1" 40 "${2:-}") many=$(calls "$1" 240 "${2:-}")
	each=$(((many - few) * 10 / 200))
	[ "$few" -gt 0 ] && [ "$each" -le "$limit" ]
	is "$what: $few calls with 40, $many with 240" $? 0
}

# Each of its own sockets is asked for no more than its hint.
grows_by 'TCP' 10 tcp
grows_by 'TCP, SO_REUSEADDR' 10 tcp reuse
grows_by 'UDP' 10 udp
grows_by 'UDP, SO_REUSEADDR' 10 udp reuse
grows_by 'UDP, SO_REUSEPORT' 10 udp group
grows_by 'TCP at one port' 10 tcp-one group
# Here whose they are is asked, too: by the port, the kind and the inode.
grows_by 'UDP at one port' 45 udp-one group
is 'IPv6 alone: what is asked of the socket itself' "$([ "$(calls tcp 240 ipv6)" -lt 30 ]; echo $?)" 0
is 'IPv6 alone, UDP' "$([ "$(calls udp 240 ipv6)" -lt 30 ]; echo $?)" 0
few=$(calls tcp 1 eventfds=40) many=$(calls tcp 1 eventfds=240)
is "eventfds: four calls each, $few and $many" "$([ "$((many - few))" -le 820 ]; echo $?)" 0

# A stranger at the same port, whose bind has to succeed each time.
for options in 'reuse' 'group' 'reuse udp' 'group udp'; do
	# shellcheck disable=SC2086
	is "two that race, $options" "$(LD_PRELOAD=$library DUALBIND_ALLOW='*/any' DUALBIND_LOG=off "$program" race 3000 $options | tail -n 1)" \
		'0 failed'
done
echo "1..$number"
