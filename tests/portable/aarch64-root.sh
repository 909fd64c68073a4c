# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the emulated aarch64 machine is made of: $root, for tests/portable/machine. Read
# in this folder's grandparent.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}
[ "$(dpkg --print-architecture)" != arm64 ] || skip_all "this machine is one itself"
# Its C library must not be older than the one that this machine compiles for.
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
[ "$release" = bookworm ] || release=trixie
root=$(tests/portable/root "$release" arm64 linux-image-cloud-arm64 libcmocka-dev check libsubunit-dev libc6-dev \
	iproute2 busybox-static dash 2>&1) || skip_all "$root"
