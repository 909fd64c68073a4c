#!/bin/sh
# SPDX-License-Identifier: MIT
# needs: build/tests/process/snippets/trace
# What a bind asks of sockets, as strace(1) sees it: the same question to the same descriptor once, but
# for what is asked again since it was set, and for what may have changed meanwhile; and not too much.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${TEST_BUILD:-build}/tests/process/snippets/trace
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

trace() { # WORD...
	strace -o "$work/trace" -E LD_PRELOAD="$library" -E DUALBIND_ALLOW=8080/any "$program" "$@" \
		>"$work/out" 2>"$work/err" || cat "$work/err"
	cat "$work/out"
}

# The calls of a part, without the program's own.
part() { # NAME
	awk -v part="$1" '/^write\(-1,/ { split($0, at, "\""); now = at[2]; next } now == part' "$work/trace"
}

# What was asked twice of a descriptor that meant the same all the while. A setsockopt(2) is followed by
# another look at what it set, and at the mark, of which other options may be a part; whether the kernel
# has ISOLATE is asked each time it is set. Whether the program's number still means its socket (SO_TYPE,
# fstat) is asked before the new one is bound, and again before it takes the place; which numbers mean it,
# whether it listens by now, and whom it lets in, which another thread may have set for a moment, at the last. MCAST_MSFILTER is of one group each. A part of the
# mark of a UDP socket is in SO_LINGER, and so is whether its program has set IP_BIND_ADDRESS_NO_PORT; and it is an option to be carried.
asked_again() { # PART
	part "$1" | awk '
		{ call = $0; sub(/\(.*/, "", call)
		  arguments = $0; sub(/^[a-z0-9_]*\(/, "", arguments)
		  split(arguments, of, /, |\)/)
		  question = "" }
		/ENOTSOCK|EBADF/ { next }
		call == "getsockname" { socket[of[1]] = 1 }
		call == "openat" { socket[$NF] = 0 }
		call == "close" || call == "dup3" { for (each in seen) { split(each, is, " "); if (is[2] == of[1] || is[2] == of[2]) delete seen[each] } }
		call == "setsockopt" { delete seen["getsockopt " of[1] " " of[2] " " of[3]]
		  for (each in seen) if (each ~ "^getsockopt " of[1] " .*(ISOLATE|MULTICAST_LOOP|SO_LINGER)$") delete seen[each] }
		call == "getsockopt" { question = call " " of[1] " " of[2] " " of[3] }
		call == "getsockname" || call == "getpeername" || (call == "fstat" && socket[of[1]]) { question = call " " of[1] }
		call == "fcntl" && socket[of[1]] && of[2] ~ /^F_GET/ { question = call " " of[1] " " of[2] }
		question ~ /SO_TYPE$/ || question ~ /^fstat/ { if (++times[question] > 3) print question; next }
		question ~ /^getsockname/ { if (++times[question] > 2) print question; next }
		question ~ /(IPV6_ROUTER_ALERT_ISOLATE|MCAST_MSFILTER)$/ { next }
		question ~ /SO_LINGER$/ { if (seen[question]++ && ++times[question] > 2) print question; next }
		question ~ /SO_(ACCEPTCONN|GET_FILTER|REUSEADDR|REUSEPORT)$/ { if (seen[question]++ && ++times[question] > 1) print question; next }
		question != "" && seen[question]++ { print question }'
}

asks_less_than() { # WHAT PART LIMIT
	count=$(part "$2" | grep -cE '^get(sockopt|peername)\(')
	[ "$count" -gt 20 ] && [ "$count" -lt "$3" ]
	is "$1: less than $3 questions, of $count" $? 0
}

for protocol in tcp udp; do
	for options in '' set; do
		what="$protocol${options:+, options}"
		# shellcheck disable=SC2086 # none, or a word
		is "$what: converted" "$(trace $protocol $options)" 'the kernel has AF_INET6'
		is "$what: once each" "$(asked_again bind)" ''
		asks_less_than "$what" bind 150
		is "$what: one option is set for ps" "$(part bind | grep -cE '^setsockopt\(.* (IP_BIND_ADDRESS_NO_PORT|IP_RECVERR_RFC4884|0x1a)')" 1
		# shellcheck disable=SC2086
		is "$what: yielded" "$(trace $protocol $options yields)" 'the kernel has AF_INET'
		is "$what: a yield, once each" "$(asked_again yield)" ''
		asks_less_than "$what: a yield" yield 180
	done
done
trace tcp >/dev/null
is 'listen asks whether it is converted already' "$(part listen | sed 's/(.*//' | tr '\n' ' ')" \
	'getsockname getsockopt listen '
echo "1..$number"
