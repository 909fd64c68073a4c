#!/bin/sh
# SPDX-License-Identifier: MIT
# socat, UDP. RECVFROM,fork: a child for each datagram, on the one socket.
# LISTEN,fork: a child for each client, with the socket that heard of it, which
# it connects, while the parent binds the port again.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need socat
forms ipv6 dual

# The shell that answers reads a line first: it must not be gone when socat
# writes the datagram to it.
UDP_TEXT='who {n}
'
# shellcheck disable=SC2016 # for that shell
answer='SYSTEM:read line; echo $SOCAT_PEERADDR'

# RECVFROM. While a child takes its datagram the parent waits for a signal from
# it, and now and then misses it, natively too (a few in 3000 under load), and
# then hears nothing any more. So each query gets a server of its own.
diag "RECVFROM"
set -- socat UDP4-RECVFROM:5000,fork "$answer"
recvfrom_peer() { # ask|pod_ask HOST, rest: the server
    recvfrom_ask=$1 recvfrom_host=$2
    shift 2
    serve_udp 5000 "$@" && "$recvfrom_ask" "$recvfrom_host" 5000
    recvfrom_status=$?
    stop
    return "$recvfrom_status"
}

if [ "$POD_FORM" = ipv6 ]; then
    ok "starts without the shim" serve_udp_plain 5000 "$@"
    is "$(pod_ask 127.0.0.1 5000)" 127.0.0.1 "without the shim: answers inside the pod over IPv4"
    ok "without the shim: refused over IPv6" udp_refused "$POD_IP6" 5000
    stop
fi
ok "starts with the shim" serve_udp 5000 "$@"
is "$(udp_sockets 5000)" ":: inet6 v6only=0" "listens for both families"
stands_for_node "$(ask "$POD_IP6" 5000)" "an IPv6 client is shown as the log says"
stop
is "$(recvfrom_peer pod_ask ::1 "$@")" 127.0.0.1 "::1 is shown as 127.0.0.1"
is "$(recvfrom_peer pod_ask 127.0.0.1 "$@")" 127.0.0.1 "127.0.0.1 is shown as itself"
[ -z "$POD_IP4" ] || is "$(recvfrom_peer ask "$POD_IP4" "$@")" "$NODE_IP4" "an IPv4 client is shown as itself"

# LISTEN. Between a child's connect and the parent's next bind nobody is at the
# port, natively too, and the shim's bind takes longer: a client that is refused
# asks again. What comes from several new clients at once is mostly lost, also
# natively: it waits at the socket that the first one's child connects.
diag "LISTEN"
insist() { # COMMAND...
    for _ in 1 2 3 4 5; do
        "$@" && return
        sleep 0.1
    done
    return 1
}

ask() { # HOST PORT
    UDP_ASK='--wait 2' insist udp_ask "$1" "$2" "$UDP_TEXT"
}

pod_ask() { # HOST PORT
    UDP_ASK='--wait 2' insist udp_pod_ask "$1" "$2" "$UDP_TEXT"
}

many() { # HOST N PORT
    i=0
    while [ "$i" -lt "$2" ] && ask "$1" "$3"; do i=$((i + 1)); done | grep -c .
}

# shellcheck disable=SC2034 # read by battery
BATTERY_SEQUENTIAL=50 BATTERY_CROWD=1
battery_udp 5000 socat UDP4-LISTEN:5000,fork "$answer"

# A conversation: all datagrams from one port reach one child.
says() { # HOST FROM-PORT TEXT
    [ "$(UDP_ASK="--wait 2 --from-port $2" insist udp_ask "$1" 5000 "$3")" = "$3" ]
}

children() {
    in_pod ss -Hun state connected 'sport = :5000' | wc -l
}

conversation() { # HOST
    before=$(children)
    for text in one two three; do
        ok "$1: two clients in turn: $text" says "$1" 6001 "first says $text"
        ok "$1: the other one: $text" says "$1" 6002 "second says $text"
    done
    is "$(($(children) - before))" 2 "$1: a child for each"
}

if [ "$POD_FORM" = dual ]; then
    ok "starts without the shim" serve_udp_plain 5000 socat UDP4-LISTEN:5000,fork PIPE
    conversation "$POD_IP4"
    stop
fi
ok "starts with the shim" serve_udp 5000 socat UDP4-LISTEN:5000,fork PIPE
conversation "$POD_IP6"
[ -z "$POD_IP4" ] || conversation "$POD_IP4"
is "$(udp_sockets 5000)" ":: inet6 v6only=0" "the parent still listens for both families"
stop
done_testing
