#!/bin/sh
# SPDX-License-Identifier: MIT
# The aarch64 library serves a program under qemu-user, which translates system
# calls to this machine's kernel and knows only some socket options: enough for a
# TCP server. (aarch64.t has a kernel of its own.)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(native)" = amd64 ] || skip_all "for emulation on x86-64"
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || skip_all "qemu-user is not installed"
make_root bookworm arm64 coreutils python3
LIB=$ROOT/build/aarch64/libdualbind.so
WAIT_TRIES=600 # translated, Python takes seconds to start
forms ipv6 dual
set -- "$qemu" -L "$root"
is "$("$@" "$root/usr/bin/uname" -m)" aarch64 "an aarch64 program"
is "$("$@" "$ROOT/build/aarch64/dualbind" --version)" "$("$ROOT/build/dualbind" --version)" "the command runs"
battery_http_log 8080 "$@" "$root/usr/bin/python3" -m http.server --directory "$DIR" --bind 0.0.0.0 8080
done_testing
