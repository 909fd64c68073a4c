#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs with ThreadSanitizer, and with AddressSanitizer, whose runtime is a library (gcc) or in the
# program (clang). The library insists on being the first that is loaded, unless it
# is told not to look; docs/portability.md says what a user does.
# needs: build/tests/server-asan build/tests/server-asan-static
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need gcc
need strace
forms ipv6
runtime=$(readlink -f "$(gcc -print-file-name=libasan.so)")

sanitized() { # SERVER WORDS
    # shellcheck disable=SC2034 # read by serve
    SHIM_ENV=$2
    diag "$1: $2"
    battery_tcp 8080 "$ROOT/build/tests/$1" tcp 8080
    battery_datagrams 5000 "$ROOT/build/tests/$1" udp 5000
    ok "it is sanitized" sh -c "readelf --wide --syms '$ROOT/build/tests/$1' | grep -q __asan_init"
}

sanitized server-asan "LD_PRELOAD=$runtime:$LIB"
sanitized server-asan ASAN_OPTIONS=verify_asan_link_order=0
sanitized server-asan-static ''

# ThreadSanitizer's runtime has a bind() of its own, but restricts none: the program's
# socket is not bound before the dual-stack one is.
battery_tcp 8080 "$ROOT/build/tests/server-tsan" tcp 8080
battery_datagrams 5000 "$ROOT/build/tests/server-tsan" udp 5000
ok "it is sanitized" sh -c "readelf --wide --dyn-syms '$ROOT/build/tests/server-tsan' | grep -q __tsan_init"
in_pod env LD_PRELOAD="$LIB" DUALBIND_ALLOW='*' timeout 2 strace -f -qq -e trace=bind -e signal=none \
    "$ROOT/build/tests/server-tsan" tcp 8080 2>"$DIR/binds"
is "$(grep -c 'bind(.*htons(8080)' "$DIR/binds")" 1 "and binds once"

# Should it start one day, the documentation has become wrong.
in_pod env LD_PRELOAD="$LIB" timeout 5 "$ROOT/build/tests/server-asan" tcp 8080 2>"$DIR/alone"
is "$?" 1 "gcc's, with this library alone before it: does not start"
ok "and says why" grep -q 'ASan runtime does not come first' "$DIR/alone"
done_testing
