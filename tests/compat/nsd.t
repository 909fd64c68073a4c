#!/bin/sh
# SPDX-License-Identifier: MIT
# NSD on 0.0.0.0 with four server processes and reuseport: its parent opens a socket of a
# SO_REUSEPORT group for each, before it forks; they use recvmmsg and sendmmsg. By default
# it takes a socket for each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=NSD FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any START_SECONDS=40
PACKAGES='apt:nsd apt:bind9-dnsutils' QUICK=1
LOAD='10,000 queries of 500 addresses to four processes, a SO_REUSEPORT group'

version() {
    nsd -v 2>&1 | sed -n 's/^NSD version //p'
}

prepare() {
    nsd=$(own_copy nsd)
    many_addresses
    {
        printf '%s\n' "\$TTL 60" '@ SOA ns admin 1 60 60 60 60' '@ NS ns' 'ns A 192.0.2.1' '* A 192.0.2.77'
        load_names 'q&.load A 192.0.2.&'
    } >"$DIR/name.test.zone"
}

by_default() { # [LINE]
    cat >"$DIR/nsd.conf" <<END
server:
    port: $PORT
    server-count: 4
    reuseport: yes
    username: ""
    chroot: ""
    zonesdir: "$DIR"
    zonelistfile: "$DIR/zone.list"
    xfrdir: "$DIR"
    xfrdfile: "$DIR/xfrd.state"
    database: ""
    pidfile: "$DIR/nsd.pid"
    logfile: "$DIR/nsd.log"
    verbosity: 2
    rrl-ratelimit: 0
    ${1:-}
remote-control:
    control-enable: no
zone:
    name: "name.test"
    zonefile: "name.test.zone"
END
    LOG_FILE=$DIR/nsd.log
    launch "$nsd" -d -c "$DIR/nsd.conf"
}

ipv4_only() {
    by_default 'ip-address: 0.0.0.0'
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

load() { # HOST
    load_of "$1" --as dns --clients 500
}

# Whose transfer it refused.
peer() { # HOST
    client dig +tries=1 +time=3 "@$1" -p "$PORT" name.test AXFR >/dev/null
    grep -a 'axfr for name.test.* from' "$DIR/nsd.log" | tail -n 1 | sed 's/ refused.*//' | address
}

row
