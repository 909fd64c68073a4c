#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/hosts/as-init.sh UNITS SCRIPT: systemd as the first process of namespaces of its
# own, with the units of a folder and no others, which runs SCRIPT as a service
# and ends. /usr/local, /etc and /var are its own too: what is written there
# vanishes with it. As root. Exit status: systemd's, or 125 where it cannot be had.
set -eu
units=$1 script=$2

die() {
	echo "as-init: $*" >&2
	exit 125
}

# Its own part of the control groups, so that it leaves the machine's alone.
if [ -z "${AS_INIT:-}" ]; then
	unshare --pid --mount --net --cgroup --fork true 2>/dev/null || die 'no namespaces can be made here'
	hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$hierarchy" ] || die 'no cgroup2 file system is mounted'
	group=$hierarchy/dualbind-test.$$
	mkdir "$group" || die 'no control group can be made'
	trap 'find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :' EXIT
	# shellcheck disable=SC2016 # the inner shell's words
	AS_INIT=1 timeout --kill-after=5 120 sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' - "$group" \
		unshare --pid --mount --net --uts --ipc --cgroup --fork --kill-child --mount-proc "$0" "$units" "$script" &
	wait $! || exit
	exit
fi

mount --make-rprivate /
mount -t tmpfs none /run || die 'no file system can be mounted'
mkdir /run/own
for place in /etc /var; do
	mkdir "/run/own$place" "/run/own$place.work"
	mount -t overlay -o "lowerdir=$place,upperdir=/run/own$place,workdir=/run/own$place.work" none "$place" ||
		die "no overlay on $place"
done
mount -t tmpfs none /usr/local
umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup 2>/dev/null || die 'the control groups cannot be mounted anew'
mount -t cgroup2 none /sys/fs/cgroup || die 'no cgroup2 file system of its own'

cp -r "$units" /run/units
for target in sysinit basic shutdown network-online; do
	printf '[Unit]\nDefaultDependencies=no\n' >"/run/units/$target.target"
done
cat >/run/units/script.service <<UNIT
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/bin/sh $script
UNIT
exec env -i PATH="$PATH" container=test SYSTEMD_UNIT_PATH=/run/units /lib/systemd/systemd --system \
	--unit=script.service --log-target=console --log-level=notice --show-status=no
