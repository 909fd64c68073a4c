# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# What the machine's first process does. tests/kernels/machine has set the command, and
# $modules, a folder of them (none where they are loaded), $out_type and $out_options,
# by which OUT is mounted; and has gone to its folder.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
ln -sf /proc/self/fd /dev/fd
if [ -n "$modules" ]; then
	while read -r name; do busybox insmod "$modules/$name"; done <"$modules/order"
fi
folder=$PWD
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/out /run/here
mount --bind . /run/here # it may be below /tmp
for writable in /dev/shm /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "$writable"; done
mkdir -p "$folder" && mount --bind /run/here "$folder" && cd "$folder" || exit 1
mount -t "$out_type" -o "$out_options" out /run/out
export HOME=/tmp TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
"$@" </dev/null
sync
exec busybox poweroff -f
