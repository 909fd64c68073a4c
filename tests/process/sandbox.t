#!/bin/sh
# SPDX-License-Identifier: MIT
# No system call of the library's where none is needed: what snippets/sandbox.c does
# with sockets of each family makes the same calls with it as without, but for those
# that the table below lists, and goes on under a filter that ends the process at any
# other call than its own.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${TEST_BUILD:-build}/tests/process/snippets/sandbox
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
number=0

# The rules name UDP, TCP, or both; for this program, or for another one, from which
# a socket may be inherited.
rules='*/any 8080/udp 8080 other@8080/any [::]:8080/any'

# kind | part | rule: what may come besides. All are patterns.
#   The size of a control buffer cannot tell whether it is for IPv4's items or for
#   descriptors: the kernel fills a larger one, and what did not fit is closed.
#   A filter may have to be put behind the guard (v4mapped_filter.h), on a socket of UDP.
#   A request that AF_INET sockets answer alone is refused by all others but AF_PACKET's.
#   An AF_INET6 name, domain or item may be of a converted socket.
expected='
unix-* | messages | *any: close
unix-* | messages | *udp: close
* | filter | *any: getsockopt
* | filter | *udp: getsockopt
inet6-dgram | messages | *[*08]/any: getsockopt
inet6-dgram | messages | *udp: getsockopt
inet6-* | names | [!\[]*: getsockopt
inet6-* | connect | [!\[]*: getsockopt
inet6-* | options | [!\[]*: getsockopt
inet6-* | requests | [!\[]*: getsockopt
unix-* | requests | [!\[]*: getsockopt
netlink | requests | [!\[]*: getsockopt
inet6-stream | accept | *[*08]/any: getsockopt
inet6-stream | accept | 8080: getsockopt
'

passed() { # NAME
	number=$((number + 1))
	echo "ok $number - $1"
}

failed() { # NAME WHY
	number=$((number + 1))
	echo "not ok $number - $1"
	printf '%s\n' "$2" | sed 's/^/# /'
}

with() { # RULE COMMAND...
	rule=$1
	shift
	LD_PRELOAD=$library DUALBIND_ALLOW=$rule "$@"
}

# The names of the calls after the program's mark, in order. Raw: to explain the arguments
# strace would ask a lot, which takes minutes in an emulated machine.
calls() { # FILE RULE KIND PART
	file=$1
	preload=$library
	[ -n "$2" ] || preload=
	strace -f -e raw=all -o "$file" -E LD_PRELOAD="$preload" -E DUALBIND_ALLOW="$2" "$program" "$3" "$4" >"$file.out" 2>&1
	grep -qx survived "$file.out" || cat "$file.out"
	sed -n '/write(0xffffffff,/,$p' "$file" | sed 's/^[0-9]* *//; s/(.*//; /^+++/d' >"$file.calls"
}

is_expected() { # KIND PART RULE CALL
	printf '%s\n' "$expected" | while IFS='|' read -r kind part rest; do
		[ -n "$part" ] || continue
		kind=${kind% } part=${part# } part=${part% } rest=${rest# }
		# shellcheck disable=SC2254 # patterns
		case $1 in $kind) ;; *) continue ;; esac
		# shellcheck disable=SC2254 # patterns
		case $2 in $part) ;; *) continue ;; esac
		# shellcheck disable=SC2254 # patterns
		case "$3: $4" in $rest) echo yes && break ;; esac
	done | grep -q yes
}

# What is not listed, a line for each.
unexpected() { # KIND PART RULE
	calls "$work/with" "$3" "$1" "$2"
	diff "$work/native.calls" "$work/with.calls" | sed -n 's/^\([<>]\) /\1 /p' | sort | uniq -c |
		while read -r count side call; do
			[ "$side" = '>' ] && is_expected "$1" "$2" "$3" "$call" && continue
			echo "$3: $side $count $call"
		done
}

does_part() { # KIND PART
	case "$1 $2" in
	*-dgram' accept' | *-dgram' listen' | netlink' accept' | netlink' listen' | packet' accept' | packet' listen' | packet' connect') return 1 ;;
	*) return 0 ;;
	esac
}

compare() { # KIND PART
	calls "$work/native" '' "$1" "$2"
	[ -s "$work/native.calls" ] || echo "the program's mark was not found"
	for rule in $rules; do
		unexpected "$1" "$2" "$rule"
	done
}

# Where AF_INET6 sockets are asked, they would not survive.
survives() { # KIND PART
	for rule in $rules; do
		case "$1 $rule" in inet6*' '[!\[]*) continue ;; esac
		answer=$(with "$rule" "$program" "$1" "$2" filtered 2>&1)
		[ "$answer" = survived ] || echo "$rule: $answer"
	done
}

set -f # the rules are no patterns of files
for kind in unix-stream unix-dgram unix-seqpacket netlink packet inet-dgram inet-stream inet6-dgram inet6-stream; do
	for part in messages names accept listen bind connect filter options requests; do
		does_part "$kind" "$part" || continue
		wrong=$(compare "$kind" "$part")
		if [ -z "$wrong" ]; then
			passed "$kind, $part: no call besides the program's own"
		else
			failed "$kind, $part: no call besides the program's own" "$wrong"
		fi
		case $part in listen | bind | connect | filter | options | requests) continue ;; esac
		wrong=$(survives "$kind" "$part")
		if [ -z "$wrong" ]; then
			passed "$kind, $part: goes on where any other call ends the process"
		else
			failed "$kind, $part: goes on where any other call ends the process" "$wrong"
		fi
	done
done
echo "1..$number"
