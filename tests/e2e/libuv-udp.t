#!/bin/sh
# SPDX-License-Identifier: MIT
# libuv's UDP, which receives with recvmsg, or where a program asks for it with
# recvmmsg. It sends with sendmsg, and several answers with sendmmsg.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need "$ROOT/build/tests/uv-udp-peer" "libuv1-dev, then make tests"
forms ipv6 dual

diag "recvmsg"
battery_udp 5000 "$ROOT/build/tests/uv-udp-peer" 5000
diag "recvmmsg"
battery_udp 5000 "$ROOT/build/tests/uv-udp-peer" 5000 mmsg

# Datagrams of both families wait until one recvmmsg takes several of them: the
# server is stopped while they are sent.
queued() { # BYTES
    [ "$(in_pod ss -Hlun 'sport = :5000' | awk '{ print $2 }')" -ge "$1" ]
}

crowd_of() { # HOST EXPECTED FILE
    UDP_ASK="--expect ^$2\$" udp_throng "$1" 20 5000 >"$DIR/$3" &
    crowds="$crowds $!"
}

mixture() {
    crowds=''
    crowd_of "$POD_IP6" "$(synthetic "$SHIM_LOG" "$NODE_IP6")" over6
    crowd_of "$POD_IP4" "$NODE_IP4" over4
    # The kernel counts some hundred bytes for each.
    wait_for queued 20000
    kill -s CONT "$SERVER_PID"
    for pid in $crowds; do wait "$pid"; done
    is "$(cat "$DIR/over6")" 20 "IPv6 clients, mixed with others, are shown as themselves"
    is "$(cat "$DIR/over4")" 20 "IPv4 clients, mixed with others, are shown as themselves"
}

if [ "$POD_FORM" = dual ]; then
    ok "starts" serve_udp 5000 "$ROOT/build/tests/uv-udp-peer" 5000 mmsg
    stands_for_node "$(ask "$POD_IP6" 5000)" "an IPv6 client is shown as the log says"
    kill -s STOP "$SERVER_PID"
    mixture
    stop
fi
done_testing
