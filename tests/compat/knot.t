#!/bin/sh
# SPDX-License-Identifier: MIT
# Knot DNS on 0.0.0.0, with four UDP workers that each have a socket of a SO_REUSEPORT
# group and use recvmmsg and sendmmsg with IP_PKTINFO; its module whoami answers with
# the client's address. Without an address in its configuration it listens nowhere.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Knot DNS' FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any START_SECONDS=40
PACKAGES='apt:knot apt:bind9-dnsutils' QUICK=1
NO_DEFAULT='without an address it listens nowhere'
LOAD='10,000 queries of 500 addresses to two addresses, four workers with recvmmsg'

version() {
    knotd --version | sed -n 's/^knotd (Knot DNS), version //p'
}

prepare() {
    knotd=$(own_copy knotd)
    many_addresses
    two_addresses
    mkdir "$DIR/knot" "$DIR/zones"
    {
        printf '%s\n' "\$TTL 60" '@ SOA ns admin 1 60 60 60 60' '@ NS ns' 'ns A 192.0.2.1' '* A 192.0.2.77'
        load_names 'q&.load A 192.0.2.&'
    } >"$DIR/zones/name.test.zone"
    printf '%s\n' "\$TTL 60" '@ SOA ns admin 1 60 60 60 60' '@ NS ns' 'ns A 192.0.2.1' >"$DIR/zones/whoami.test.zone"
    cat >"$DIR/knot.conf" <<END
server:
    rundir: "$DIR/knot"
    pidfile: "$DIR/knot/pid"
    listen: 0.0.0.0@$PORT
    udp-workers: 4
    tcp-workers: 2
    background-workers: 1
log:
  - target: stderr
    any: notice
database:
    storage: "$DIR/knot"
template:
  - id: default
    storage: "$DIR/zones"
    file: "%s.zone"
zone:
  - domain: name.test
  - domain: whoami.test
    module: mod-whoami
END
}

ipv4_only() {
    launch "$knotd" -c "$DIR/knot.conf"
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

load() { # HOST
    load_of "$1" both --as dns --clients 500
}

peer() { # HOST
    client dig +short +tries=1 +time=3 +notcp "@$1" -p "$PORT" whoami.test
}

row
