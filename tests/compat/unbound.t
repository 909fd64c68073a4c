#!/bin/sh
# SPDX-License-Identifier: MIT
# unbound on "interface: 0.0.0.0", with four threads that each have a socket of a
# SO_REUSEPORT group, asked over UDP and over TCP; by default it is on loopback, with
# both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/unbound.sh
. "$(dirname "$0")/../e2e/unbound.sh"
TITLE=unbound FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any
PACKAGES='apt:unbound apt:bind9-dnsutils' QUICK=1 LOAD='10,000 queries of 500 addresses to four threads, a SO_REUSEPORT group'

version() {
    unbound -V | awk 'NR == 1 { print $2 }'
}

prepare() {
    unbound=$(own_copy unbound)
    many_addresses
}

with_interfaces() { # INTERFACE...
    for interface in "$@"; do set -- "$@" "interface: $interface" && shift; done
    unbound_conf "$PORT" 'num-threads: 4' 'so-reuseport: yes' "$@" 'access-control: 0.0.0.0/0 allow' 'access-control: ::/0 allow' \
        'local-zone: "load.name.test." transparent' "$(load_names '    local-data: "q&.load.name.test. A 192.0.2.&"')" 'log-queries: yes'
    launch "$unbound" -d -c "$DIR/unbound.conf"
}

ipv4_only() {
    with_interfaces 0.0.0.0
}

by_default() {
    with_interfaces 127.0.0.1 ::1
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

load() { # HOST
    load_of "$1" --as dns --clients 500
}

peer() { # HOST
    work "$1" && sed -n 's/^.* info: \([^ ]*\) asked\.name\.test\..*$/\1/p' "$LOG" | tail -n 1
}

row
