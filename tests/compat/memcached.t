#!/bin/sh
# SPDX-License-Identifier: MIT
# memcached on 0.0.0.0, over TCP and UDP; by default it takes all addresses that
# getaddrinfo gives it.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=memcached FAMILY='Data stores' PORT=11211 RULE=11211/any PACKAGES=apt:memcached QUICK=1

version() {
    memcached --version | awk '{ print $2 }'
}

by_default() { # [OPTION...]
    launch memcached -u "$(id -un)" -p "$PORT" -U "$PORT" "$@"
}

ipv4_only() {
    by_default -l 0.0.0.0
}

over_tcp() { # HOST COMMAND...
    tcp_host=$1
    shift
    { printf '%s\r\n' "$@" quit; } | client "$PYTHON" "$APPS/dual-ask.py" "$tcp_host" "$PORT" | tr -d '\r'
}

work() { # HOST
    over_tcp "$1" 'set key 0 0 5' "hello" | grep -qx STORED &&
        client "$PYTHON" "$APPS/udp-ask.py" --as memcached "$1" "$PORT" 'get key' | grep -qx hello
}

# The only connection is the one that asks; the others are listeners.
peer() { # HOST
    over_tcp "$1" 'stats conns' | sed -n 's/^STAT [0-9]*:addr tcp6*:\[*\([0-9a-f.:]*[0-9a-f]\)\]*:[0-9]*$/\1/p' |
        grep -vx -e 0.0.0.0 -e :: | tail -n 1
}

row
