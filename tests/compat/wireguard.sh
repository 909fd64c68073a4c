# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# WireGuard in user space, and three clients of the same program without the shim, which ask
# 10.96.0.1 through their tunnels at once. It has a socket of each family by itself. Read by rows
# after compat.sh, which define wireguard INTERFACE: prints the command (words), which stays in
# the foreground.
# shellcheck disable=SC2034 # read by compat.sh
NEVER_IPV4_ONLY='it has a socket of each family'

# Interfaces are asked by a socket in /run that has their name.
served=s$$

prepare() {
    (umask 077; for side in server 1 2 3; do wg genkey >"$DIR/$side.key" && wg pubkey <"$DIR/$side.key" >"$DIR/$side.pub"; done) || return
    in_pod "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" serve 7777 &
}

# It can be set up once it runs.
by_default() {
    {
        set -- wg set "$served" listen-port "$PORT" private-key "$DIR/server.key"
        for side in 1 2 3; do set -- "$@" peer "$(cat "$DIR/$side.pub")" allowed-ips "10.96.0.1$side/32"; done
        wait_for "$@" && in_pod ip address add 10.96.0.1/24 dev "$served" && in_pod ip link set "$served" up
    } 2>>"$DIR/client.log" &
    # shellcheck disable=SC2046 # words
    launch $(wireguard "$served")
}

# ---- clients ---------------------------------------------------------------

on_place() { # COMMAND...
    if [ "$PLACE" = pod ]; then in_pod "$@"; else "$@"; fi
}

# boringtun changes no peer that it has: what keeps the tunnel alive is said with the rest.
visit() { # NUMBER HOST
    visit_keep=0
    [ "$PLACE" = node ] || visit_keep=1
    wait_for wg set "c$1$served" private-key "$DIR/$1.key" peer "$(cat "$DIR/server.pub")" endpoint "$(at "$2"):$PORT" allowed-ips 10.96.0.1/32 \
        persistent-keepalive "$visit_keep" &&
        on_place ip address add "10.96.0.1$1/32" dev "c$1$served" && on_place ip link set "c$1$served" up &&
        on_place ip route add 10.96.0.1/32 dev "c$1$served" metric "$1"
} 2>>"$DIR/client.log"

has_shaken_hands() { # NUMBER
    wg show "c$1$served" latest-handshakes | grep -vq '	0$'
}

through_tunnels() { # TUNNEL-LOAD'S...
    client "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" "$@" 10.96.0.1 7777 "c1$served" "c2$served" "c3$served"
}

# A handshake begins with the first datagram, or, in the pod, where 10.96.0.1 is no other machine's,
# with what keeps the tunnel alive. boringtun loses some that come at that moment, natively too.
asked() {
    if [ "$PLACE" = pod ]; then
        wait_for has_shaken_hands 1
    else
        wait_for through_tunnels --datagrams 1 --wait 1 >/dev/null && through_tunnels --datagrams 1000
    fi
}

work() { # HOST
    clients='' work_status=0 numbers='1 2 3'
    [ "$PLACE" = node ] || numbers=1
    for number in $numbers; do
        wireguard_client "c$number$served" &
        clients="$clients $!"
        visit "$number" "$1" || work_status=1
    done
    [ "$work_status" != 0 ] || asked || work_status=1
    # shellcheck disable=SC2086 # words
    kill $clients
    # shellcheck disable=SC2086 # words
    wait $clients || true
    return "$work_status"
}

wireguard_client() { # INTERFACE
    # shellcheck disable=SC2046 # words
    if [ "$PLACE" = pod ]; then set -- "$ROOT/scripts/pod" exec $(wireguard "$1"); else set -- $(wireguard "$1"); fi
    exec "$@" >>"$DIR/wireguard-client.log" 2>&1
}

ready() { # HOST
    in_pod ip -o link show "$served" up | grep -q UP
}

# Where it sends what is for that client.
peer() { # HOST
    work "$1" >/dev/null && wg show "$served" endpoints | sed -n "s|^$(cat "$DIR/1.pub")	||p" | sed 's/:[0-9]*$//' | address
}
