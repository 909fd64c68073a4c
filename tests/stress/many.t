#!/bin/sh
# SPDX-License-Identifier: MIT
# A program with 20,000 descriptors, a thousand epoll instances among them: what
# it binds is converted, and every instance that watched the socket watches the
# new one; or, where more watch than a swap can move, nothing is. Without
# STRESS_LONG=1: 4,000 descriptors.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${STRESS_PRIVATE:-}" ]; then
	export STRESS_PRIVATE=1
	exec scripts/pod -- sh "$0"
fi
descriptors=4000
[ -z "${STRESS_LONG:-}" ] || descriptors=20000
build=$PWD/${TEST_BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh

many() { # NAME FAMILY WATCHING VARIABLE=VALUE...
	name=$1
	family=$2
	watching=$3
	shift 3
	seen=$(env "$@" "$build/tests/stress/many" "$descriptors" 1000 "$watching" 2>"$work/time")
	sed 's/^/# /' "$work/time"
	is "$name" "$seen" "listener $family
heard by $watching
wrongly 0
descriptors more 0"
}

set -- LD_PRELOAD="$build/libdualbind.so" DUALBIND_ALLOW=8080
many 'natively' AF_INET 64 A=A
many 'nobody watches' AF_INET6 0 "$@"
many 'one watches' AF_INET6 1 "$@"
many 'as many as there is room for' AF_INET6 64 "$@"
many 'more than there is room for: not converted' AF_INET 65 "$@"
many 'all: not converted' AF_INET 1000 "$@"
echo "1..$number"
