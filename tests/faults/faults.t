#!/bin/sh
# SPDX-License-Identifier: MIT
# That what is lost is found; and single faults that something was once lost by.
set -u
cd "$(dirname "$0")/../.." || exit 1
export PYTHONDONTWRITEBYTECODE=1
number=0

check() { # NAME WANTED-STATUS ARGUMENT...
	number=$((number + 1))
	name=$1 wanted=$2
	shift 2
	said=$(tests/faults/faults.py --jobs 1 "$@")
	if [ $? = "$wanted" ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
}

check 'what is lost is found' 1 --unlisted --scene bind --fault 'epoll_ctl:error=EINVAL:.*' calls
check 'the supervisor listens at the new socket' 0 \
	--scene unbound --fault 'dup3:error=(EINTR|EBUSY):.*' supervisor
check 'an answer that is not taken is given again' 0 \
	--scene listen --fault 'ioctl:error=EBADF:.*' supervisor
check 'without a descriptor to compare networks by, one yields all the same' 0 \
	--scene dual --fault 'socket:error=EMFILE:.*' supervisor
check 'an address that is asked for again is never the IPv6 one' 0 \
	--scene promote --fault 'getsockname:error=.*' calls
echo "1..$number"
