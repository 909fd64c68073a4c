#!/bin/sh
# SPDX-License-Identifier: MIT
# snmpd on udp:0.0.0.0. It asks for the address that each query was sent to
# (IP_PKTINFO), and answers from there.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need snmpd
need snmpget snmp
forms ipv6 dual

export MIBS='' SNMP_PERSISTENT_DIR="$DIR/state" # no descriptions of numbers
LOCATION=1.3.6.1.2.1.1.6.0

configure() { # WHO, as an access list names them
    cat >"$DIR/snmpd.conf" <<END
agentaddress udp:0.0.0.0:1161
rocommunity public $1
sysLocation here
END
}

answers() { # [in_pod] HOST PORT: true if the location is told
    snmp_pod=''
    [ "$1" != in_pod ] || { snmp_pod=in_pod && shift; }
    case $1 in *:*) snmp_at="udp6:[$1]:$2" ;; *) snmp_at="udp:$1:$2" ;; esac
    snmp_got=$($snmp_pod snmpget -v2c -c public -t 5 -r 0 -Oqv "$snmp_at" "$LOCATION" 2>>"$DIR/snmp.log")
    [ "${snmp_got#*here}" != "$snmp_got" ]
}

# -d: "Received 43 byte packet from UDP: [CLIENT]:PORT->[SERVER]:PORT"
clients() {
    sed -n 's/^Received .* from UDP: \[\([0-9a-f.:]*\)\]:.*->.*$/\1/p' "$LOG"
}

ask() { # [in_pod] HOST PORT
    answers "$@" && clients | tail -n 1
}

pod_ask() { # HOST PORT
    ask in_pod "$@"
}

many() { # HOST N PORT
    i=0
    while [ "$i" -lt "$2" ] && answers "$1" "$3"; do i=$((i + 1)); done
    echo "$i"
}

throng() { # HOST M PORT
    i=0
    while [ "$i" -lt "$2" ]; do
        i=$((i + 1))
        answers "$1" "$3" && echo yes &
    done | grep -c yes
}

# snmpget does not check from where an answer comes. The same query, byte for byte.
answers_itself() { # HOST
    udp_ask --as hex "$1" 1161 "3029 020101 0406$(printf public | od -An -tx1) a01c 020400000001 020100 020100 \
        300e 300c 06082b06010201010600 0500" | grep -q 68657265
}

refuses() { # HOST
    ! answers "$1" 1161
}

set -- "$(own_copy snmpd)" -f -Lo -d -C -c "$DIR/snmpd.conf"
configure default
battery_udp 1161 "$@"

# ---- an access list ---------------------------------------------------------

configure 192.0.2.0/24
ok "starts, to let IPv4 clients in" serve_udp 1161 "$@"
ok "lets no IPv6 client in" refuses "$POD_IP6"
is "$(clients | tail -n 1)" "$(synthetic "$SHIM_LOG" "$NODE_IP6")" "whose query it had"
[ -z "$POD_IP4" ] || ok "lets an IPv4 client in" answers "$POD_IP4" 1161
stop

# ---- a pod with two addresses -----------------------------------------------

configure default
second_ip6=fd00:db::3
in_pod ip -6 address add "$second_ip6/64" dev eth0 nodad
ok "two addresses: starts" serve_udp 1161 "$@"
for host in "$POD_IP6" "$second_ip6"; do
    ok "two addresses: $host answers" answers_itself "$host"
done
stop
done_testing
