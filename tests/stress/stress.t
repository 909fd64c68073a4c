#!/bin/sh
# SPDX-License-Identifier: MIT
# The stress program (stress.h), natively and with the library: nothing is wrong
# in it, and no call fails as it could not natively (tests/stress/possible).
# STRESS_SECONDS: how long with the library; STRESS_SEED.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${STRESS_PRIVATE:-}" ]; then
	export STRESS_PRIVATE=1
	exec scripts/pod dual -- sh "$0"
fi
build=$PWD/${TEST_BUILD:-build}
seconds=${STRESS_SECONDS:-8}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
grep -v '^#' tests/stress/possible | sort >"$work/possible"

# A program under a sanitizer takes many times as long.
stress() { # NAME SECONDS VARIABLE=VALUE...
	name=$1
	limit=$2
	shift 2
	timeout $((limit + 400)) env "$@" "$build/tests/stress/stress" "$limit" "${STRESS_SEED:-1}" >"$work/$name" 2>&1
	is "$name: ends, with nothing wrong" "$?" 0
	sed 's/^/# /' "$work/$name"
	is "$name: what was wrong" "$(grep '^wrong\|^stuck\|^descriptors' "$work/$name")" 'descriptors lost 0
wrong 0'
	sed -n 's/^errno \(.*\) [0-9]*$/\1/p' "$work/$name" | sort >"$work/errnos"
	is "$name: errnos that are not possible" "$(comm -23 "$work/errnos" "$work/possible")" ''
}

count_of() { # NAME WHAT
	sed -n "s/^$2 //p" "$work/$1"
}

stress native $(((seconds + 3) / 4))
is 'native: none is converted' "$(count_of native converted)" 0
stress library "$seconds" LD_PRELOAD="$build/libdualbind.so" DUALBIND_ALLOW='*/any' DUALBIND_LOG="info:$work/log"
number=$((number + 1))
converted=$(count_of library converted) left=$(count_of library 'not converted')
if [ "${converted:-0}" -gt "${left:-0}" ]; then echo "ok $number - library: most are converted"; else
	echo "not ok $number - library: $converted are converted, $left are not"
fi
# At a port that all bind (stress_shared.c) another thread's listener may end between the two binds; and what yields to
# a bind that then fails may have a client by then (perform_again()).
is 'library: what it says went wrong' "$(grep -v -e ' shown ' -e ' converted ' -e ' yielded ' -e ' kept ' \
	-e 'not converted: other processes hold' \
	-e 'port=199[0-2]/tcp not converted: no dual-stack socket for 0.0.0.0: E\(ADDRINUSE\|BUSY\)$' "$work/log")" ''
echo "1..$number"
