#!/bin/sh
# SPDX-License-Identifier: MIT
# coturn on 0.0.0.0: STUN, and a TURN client whose datagrams go through a relay
# and back; for UDP a SO_REUSEPORT group with a socket for each thread, its
# default. By default it listens on each address of each interface.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=coturn FAMILY=Telephony PORT=3478 PROTOCOL=udp RULE=3478/any PACKAGES=apt:coturn CLIENT_SECONDS=40 FORM_SECONDS=400
NOTES='STUN tells an IPv6 client its synthetic address; TURN is not hurt by that'
LOAD='1,000 relays in pairs, 5,000 datagrams through both of a pair'
NO_DEFAULT='it listens on each address of each interface'

prepare() {
    many_addresses
}

version() {
    turnserver --version | tail -n 1
}

ipv4_only() {
    launch turnserver -n -m 2 -v -L 0.0.0.0 --listening-port "$PORT" -E "${POD_IP4:-127.0.0.1}" -E "$POD_IP6" \
        --allow-loopback-peers --no-auth --realm pod --no-tls --no-dtls --no-cli \
        --pidfile "$DIR/pid" --userdb "$DIR/db" --log-file stdout --simple-log
}

# What STUN tells the client about itself.
stun() { # HOST
    client timeout 3 turnutils_stunclient -p "$PORT" "$1" | sed -n 's/^.*UDP reflexive addr: \(.*\):[0-9]*$/\1/p' | sort -u | grep .
}

ready() { # HOST
    stun "$1"
}

# Two allocations; what one sends the other must receive, over UDP and over TCP.
work() { # HOST
    for over in '' -t; do
        # shellcheck disable=SC2086 # no word or one
        client turnutils_uclient -y -c -p "$PORT" -n 2 -X $over "$1" >"$DIR/turn" 2>&1 &&
            grep -q 'tot_send_msgs=4, tot_recv_msgs=4$' "$DIR/turn" && grep -q 'Total lost packets 0 ' "$DIR/turn" || return
    done
}

load() { # HOST
    case $1 in *:*) load_network=fd00:db:1::/64 ;; *) load_network=198.18.0.0/16 ;; esac
    client "$PYTHON" "$ROOT/tests/compat/apps/turn-load.py" --network "$load_network" "$1" "$PORT"
}

peer() { # HOST
    stun "$1"
}

row
