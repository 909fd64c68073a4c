#!/bin/sh
# SPDX-License-Identifier: MIT
# coturn, listening on 0.0.0.0, in each of its three ways to serve UDP: a
# connected socket for each client, bound to the same port (1), one socket (2),
# a SO_REUSEPORT group with a socket for each thread (3, its default).
#
# STUN tells a client its own address. Over IPv6 that is the synthetic address,
# which says nothing to the client; TURN, which relays, is not hurt by it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need turnserver coturn
need turnutils_uclient coturn
forms ipv6 dual

# shellcheck disable=SC2034 # read by serve
ALLOW=3478/any

reflexive() {
    sed -n 's/^.*UDP reflexive addr: \(.*\):[0-9]*$/\1/p' | sort -u | grep .
}

# STUN clients ask again when nothing comes; this one does not by itself. With
# engine 1 a few need it: what arrives between its bind and its connect belongs
# to another client and is lost, and with the shim there is more between them.
tries=1
ask() { # HOST PORT
    for _ in $(seq "$tries"); do
        timeout 5 turnutils_stunclient -p "$2" "$1" 2>>"$DIR/stun.log" | reflexive && return
    done
    return 1
}

pod_ask() { # HOST PORT
    in_pod timeout 10 turnutils_stunclient -p "$2" "$1" 2>>"$DIR/stun.log" | reflexive
}

many() { # HOST N PORT
    i=0
    while [ "$i" -lt "$2" ] && ask "$1" "$3"; do i=$((i + 1)); done | wc -l
}

throng() { # HOST M PORT
    for i in $(seq "$2"); do ask "$1" "$3" & done | wc -l
}

# A TURN client with two allocations, which sends from one to the other and
# back, through both relay addresses. What must come of it: all that was sent.
turn() { # HOST OPTION...
    turn_host=$1
    shift
    timeout 40 turnutils_uclient -y -c -p 3478 -n 5 "$@" "$turn_host" >"$DIR/turn$*.$turn_host.out" 2>&1 &
    turns="$turns $!"
}

turned() { # HOST OPTION...
    turn_host=$1
    shift
    grep -q 'tot_send_msgs=10, tot_recv_msgs=10$' "$DIR/turn$*.$turn_host.out" &&
        grep -q 'Total lost packets 0 ' "$DIR/turn$*.$turn_host.out" && return
    diag_file "$DIR/turn$*.$turn_host.out"
    return 1
}

# All at once: each takes some seconds, which it sleeps.
turn_to() { # HOST...
    rm -f "$DIR"/turn*.out
    turns=''
    for host in "$@"; do
        turn "$host" -X
        turn "$host" -x
        turn "$host" -X -t
    done
    # shellcheck disable=SC2086 # words
    wait $turns
    for host in "$@"; do
        ok "TURN over UDP to $host, relayed by IPv4" turned "$host" -X
        ok "TURN over UDP to $host, relayed by IPv6" turned "$host" -x
        ok "TURN over TCP to $host" turned "$host" -X -t
    done
}

clients() {
    sed -n 's/^.* closed .*, remote \(.*\):[0-9]*, reason.*$/\1/p' "$LOG" | sort -u
}

engine() { # NUMBER
    diag "engine $1"
    tries=1
    [ "$1" != 1 ] || tries=3
    set -- turnserver -n --ne="$1" -m 2 -v -L 0.0.0.0 --listening-port 3478 \
        -E "${POD_IP4:-127.0.0.1}" -E "$POD_IP6" --allow-loopback-peers \
        --no-auth --realm pod --no-tls --no-dtls --no-cli \
        --pidfile "$DIR/pid" --userdb "$DIR/db" --log-file stdout --simple-log
    battery_udp 3478 "$@"
    if [ -n "$POD_IP4" ]; then
        ok "starts without the shim" serve_udp_plain 3478 "$@"
        turn_to "$POD_IP4"
        is "$(clients)" "$NODE_IP4" "without the shim: all TURN clients are shown as themselves"
        stop
    fi
    ok "starts with the shim" serve_udp 3478 "$@"
    ok "listens on TCP" wait_for listening 3478
    turn_to "$POD_IP6" ${POD_IP4:+"$POD_IP4"}
    is "$(clients)" "$({
        echo "${NODE_IP4:-}"
        synthetic "$SHIM_LOG" "$NODE_IP6"
    } | grep . | sort -u)" "all TURN clients are shown as the log says"
    is "$(listeners 3478 | uniq)" ":: inet6 v6only=0" "TCP listens for both families"
    stop
}

for number in 1 2 3; do engine "$number"; done
done_testing
