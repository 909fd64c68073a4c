#!/bin/sh
# SPDX-License-Identifier: MIT
# needs: build/dualbind build/tests/process/snippets/binds-static
# What binds of a supervised program cost its supervisor, in system calls, as strace(1) counts them: of its other
# sockets nothing is read from /proc again, and threads that bind at once share what is asked of them. And what
# comes of binds that meet each other.
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
program=$PWD/${TEST_BUILD:-build}/tests/process/snippets/binds-static
command=$PWD/${TEST_BUILD:-build}/dualbind
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ip link set lo up
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

# The last word: how many are AF_INET6 in the end.
supervised() { # KIND COUNT [OPTION...]
	DUALBIND_ALLOW='*/any' DUALBIND_LOG=error "$command" run --mode supervise -- "$program" "$@" | sed 's/.* //'
}

trace() { # KIND COUNT [OPTION...]
	rm -f "$work"/trace.*
	DUALBIND_ALLOW='*/any' DUALBIND_LOG=error strace -ff -o "$work/trace" "$command" run --mode supervise -- "$program" "$@" \
		>"$work/out" 2>&1
}

# Of the calls so named, how many each of COUNT sockets has cost.
each() { # NAME COUNT
	echo $(($(cat "$work"/trace.* | grep -c "^$1(") / $2))
}

trace tcp-listen 240
is 'one after the other: all are converted' "$(sed 's/.* //' "$work/out")" 240
count=$(each readlinkat 240)
[ "$count" -gt 0 ] && [ "$count" -lt 40 ]
is "one after the other: $count links of /proc read for each, beside 120 others" $? 0
count=$(each getdents64 240)
[ "$count" -gt 0 ] && [ "$count" -lt 4 ]
is "one after the other: $count parts of a list of /proc for each" $? 0

trace tcp-listen 240 threads
is 'threads: all are converted' "$(sed 's/.* //' "$work/out")" 240
count=$(each pidfd_getfd 240)
[ "$count" -gt 0 ] && [ "$count" -lt 120 ]
is "threads: $count sockets taken for each, beside 239 others" $? 0

# As natively: of two at one port each has its family.
for options in '' reuse threads 'threads reuse'; do
	# shellcheck disable=SC2086 # words
	is "0.0.0.0 and [::] at each port${options:+, $options}" "$(supervised tcp-both 120 $options)" 60
done
# What is at a number now counts, not what was.
is 'numbers that were sockets before' "$(DUALBIND_ALLOW='*/any' DUALBIND_LOG=error "$command" run --mode supervise -- "$program" tcp-reused 40)" \
	'40 told'
is 'threads with descriptors of their own' "$(DUALBIND_ALLOW='*/any' DUALBIND_LOG=error "$command" run --mode supervise -- "$program" tcp-apart 24)" \
	'0 differ'
is 'yields' "$(supervised tcp-yield 40 threads)" 0
is 'all at one port' "$(supervised tcp-one 40 threads group)" 40
is 'at ports that the kernel chooses' "$(supervised tcp-any 40 threads)" 40
is '400 threads' "$(supervised tcp-listen 400 threads)" 400
is '1,000 threads' "$(supervised tcp-listen 1000 threads)" 1000
echo "1..$number"
