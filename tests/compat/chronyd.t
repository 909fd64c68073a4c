#!/bin/sh
# SPDX-License-Identifier: MIT
# chronyd as an NTP server on 0.0.0.0 (-4), with the filter of system calls that
# Debian gives it; by default it takes a socket for each family. It never touches
# the clock (-x), and answers from the address that was asked (IP_PKTINFO).
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=chronyd FAMILY='Network services' PORT=1123 PROTOCOL=udp PACKAGES=apt:chrony CLIENT_SECONDS=20
LOAD='10,000 queries of 1,000 addresses, to two addresses'

version() {
    chronyd --version | awk '{ print $4 }'
}

prepare() {
    chronyd=$(own_copy chronyd)
    many_addresses
    two_addresses
    mkdir -m 700 "$DIR/run"
    printf '%s\n' "port $PORT" 'cmdport 0' "bindcmdaddress $DIR/run/socket" "pidfile $DIR/run/pid" \
        'local stratum 10' 'allow all' >"$DIR/chrony.conf"
}

by_default() { # [OPTION...]
    launch "$chronyd" "$@" -x -d -U -u "$(id -un)" -F 1 -f "$DIR/chrony.conf"
}

ipv4_only() {
    by_default -4
}

ready() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" --as ntp --wait 1 "$1" "$PORT"
}

# Another chronyd asks four times, and would set its clock if it could.
work() { # HOST
    ready "$1" &&
        client sh -c 'exec "$@" 2>&1' sh "$chronyd" -Q -t 10 -U -u "$(id -un)" "pidfile $DIR/client.pid" 'cmdport 0' 'bindcmdaddress /' \
            "server $1 port $PORT iburst" | grep -q 'System clock wrong by'
}

load() { # HOST
    load_of "$1" both --as ntp --clients 1000
}

clients() {
    client chronyc -n -h "$DIR/run/socket" clients -r | awk 'seen && $2 > 0 { print $1 } /^===/ { seen = 1 }'
}

# Whose queries it had since it was asked the last time.
peer() { # HOST
    clients >/dev/null
    client "$PYTHON" "$APPS/udp-ask.py" --as ntp "$1" "$PORT" >/dev/null && clients
}

row
