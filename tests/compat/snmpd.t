#!/bin/sh
# SPDX-License-Identifier: MIT
# snmpd on udp:0.0.0.0, which answers from the address that it was asked at
# (IP_PKTINFO), and lets clients in by their network; and on udp: and udp6:.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=snmpd FAMILY='Monitoring and logs' PORT=1161 PROTOCOL=udp PACKAGES='apt:snmpd apt:snmp'

version() {
    snmpd --version | awk '/version/ { print $3; exit }'
}

prepare() {
    snmpd=$(own_copy snmpd)
    export MIBS='' SNMP_PERSISTENT_DIR="$DIR/state"
    location=1.3.6.1.2.1.1.6.0
}

with_address() { # ADDRESSES
    printf '%s\n' "agentaddress $1" 'rocommunity public default' 'rocommunity6 public default' \
        'rocommunity network 192.0.2.0/24' 'sysLocation here' >"$DIR/snmpd.conf"
    launch "$snmpd" -f -Lo -d -C -c "$DIR/snmpd.conf"
}

ipv4_only() {
    with_address "udp:0.0.0.0:$PORT"
}

by_default() {
    with_address "udp:$PORT,udp6:$PORT"
}

get_as() { # COMMUNITY HOST
    snmp_at=udp:$2:$PORT
    case $2 in *:*) snmp_at=udp6:[$2]:$PORT ;; esac
    client snmpget -v2c -c "$1" -t 1 -r 1 -Oqv "$snmp_at" "$location" | grep -q here
}

work() { # HOST
    get_as public "$1" && case $1 in
    192.0.2.*) get_as network "$1" ;;
    "$POD_IP6") ! get_as network "$1" ;;
    esac
}

# -d: "Received 43 byte packet from UDP: [CLIENT]:PORT->[SERVER]:PORT"
peer() { # HOST
    get_as public "$1" && sed -n 's/^Received .* from UDP[^:]*: \[\([0-9a-f.:]*\)\]:.*$/\1/p' "$LOG" | tail -n 1
}

row
