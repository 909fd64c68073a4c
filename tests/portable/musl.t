#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs linked with musl, and the library that was built with glibc.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need musl-gcc musl-tools
forms ipv6 dual
server=$ROOT/build/tests/server-musl

ok "it is linked with musl" sh -c "readelf -l '$server' | grep -q 'interpreter: /lib/ld-musl-'"
battery_tcp 8080 "$server" tcp 8080
battery_datagrams 5000 "$server" udp 5000

# Another library's bind(2): musl lists what is loaded in another order.
# shellcheck disable=SC2034 # read by start
beside() { # HOW LIBRARY:LIBRARY
    ALLOW=8080
    SHIM_ENV="LD_PRELOAD=$2 OTHER_BIND=$1"
    serve 8080 "$server" tcp 8080
}
other=$ROOT/build/tests/other-bind-musl.so
for order in "$LIB:$other" "$other:$LIB"; do
    ok "loopback alone is allowed, ${order##*/} last: starts" beside loopback "$order"
    is "$(listeners 8080)" "127.0.0.1 inet" "loopback alone is allowed, ${order##*/} last: bound there"
    stop
    for how in as-it-is syscall; do
        ok "$how, ${order##*/} last: starts" beside $how "$order"
        is "$(listeners 8080)" ":: inet6 v6only=0" "$how, ${order##*/} last: converted"
        is "$(grep -c converted "$SHIM_LOG")" 1 "$how, ${order##*/} last: once"
        stop
    done
done

# Of a name that is not there dlsym(3) would leave one.
no_error() { # NAME=VALUE...
    in_pod env LD_PRELOAD="$LIB" "$@" "$ROOT/build/tests/dlerror-musl" >"$DIR/dlerror" 2>"$DIR/lines" || {
        diag_file "$DIR/dlerror"
        return 1
    }
}
ok 'inert: no error of the loader is pending' no_error
ok 'with rules, and a pool: likewise' no_error DUALBIND_ALLOW='dl*@*/any' DUALBIND_POOL=198.18.0.0/15
is "$(cat "$DIR/lines")" '' 'musl ignores RTLD_DEEPBIND: nothing passes by the library'
done_testing
