#!/bin/sh
# memcached with -l 0.0.0.0; without -l it has sockets of both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=memcached FAMILY='Data stores' PORT=11211 PACKAGES=apt:memcached QUICK=1

version() {
    memcached -V | awk '{ print $2 }'
}

ipv4_only() {
    launch memcached -u "$(id -un)" -p "$PORT" -l 0.0.0.0
}

by_default() {
    launch memcached -u "$(id -un)" -p "$PORT"
}

say() { # HOST TEXT
    printf '%b' "$2" | client "$PYTHON" "$APPS/dual-ask.py" "$1" "$PORT"
}

work() { # HOST
    say "$1" 'set key 0 0 5\r\nvalue\r\nget key\r\nquit\r\n' | tr -d '\r' | grep -qx value
}

# "stats conns" tells of the listeners too.
peer() { # HOST
    say "$1" 'stats conns\r\nquit\r\n' | sed -n 's/^STAT [0-9]*:addr tcp6*://p' | grep -v -e ':11211' | address
}

row
