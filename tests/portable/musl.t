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
done_testing
