#!/bin/sh
# Programs linked with musl, and the library that was built with glibc.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need musl-gcc musl-tools
forms ipv6 dual
server=$ROOT/build/tests/server-musl

ok "it is linked with musl" sh -c "readelf -l '$server' | grep -q 'interpreter: /lib/ld-musl-'"
battery_tcp 8080 "$server" tcp 8080
battery_datagrams 5000 "$server" udp 5000

# Of a name that is not there dlsym(3) would leave one.
no_error() { # NAME=VALUE...
    in_pod env LD_PRELOAD="$LIB" "$@" "$ROOT/build/tests/dlerror-musl" >"$DIR/dlerror" || {
        diag_file "$DIR/dlerror"
        return 1
    }
}
ok 'inert: no error of the loader is pending' no_error
ok 'with rules, and a pool: likewise' no_error DUALBIND_ALLOW='dl*@*/any' DUALBIND_POOL=198.18.0.0/15
done_testing
