#!/bin/sh
# SPDX-License-Identifier: MIT
# openbsd-inetd: binds and accepts, and starts a program for each connection,
# which finds the socket as its standard input: getpeername after fork and exec.
# It strips LD_* from what its children inherit, so inetd.conf has to give them
# the library again. A child without it is served too, but is shown an IPv6
# client as it is.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need inetd openbsd-inetd
need perl
forms ipv6 dual

service() { # PORT [VARIABLE=VALUE]
    printf '0.0.0.0:%s stream tcp nowait %s %s env %s %s %s\n' "$1" "$(id -un)" \
        "$(command -v env)" "${2:-}" "$(command -v perl)" "$APPS/inetd-peer.pl"
}

{
    service 8080 "LD_PRELOAD=$LIB"
    service 8081
} >"$DIR/inetd.conf"
# shellcheck disable=SC2034 # read by serve
ALLOW=8080-8081
# -i: stay in the foreground. -R: more connections a minute than 256.
set -- inetd -i -R 100000 "$DIR/inetd.conf"
battery 8080 "$@"

ok "starts" serve 8081 "$@"
is "$(get "$POD_IP6" 8081)" "$NODE_IP6" "a child without the library is shown an IPv6 client as itself"
is "$(pod_get 127.0.0.1 8081)" 127.0.0.1 "and an IPv4 client, on what is then an IPv4 socket"
stop
done_testing
