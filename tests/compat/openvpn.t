#!/bin/sh
# SPDX-License-Identifier: MIT
# openvpn over UDP with --multihome, which answers from the address that was
# asked (IP_PKTINFO), without the kernel's data channel: three clients come, and ask the other
# end of their tunnels at once.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=OpenVPN FAMILY='Network services' PORT=1194 PROTOCOL=udp PACKAGES='apt:openvpn apt:openssl apt:iputils-ping' CLIENT_SECONDS=60 FORM_SECONDS=600
NOTES='1,000 datagrams in each of 3 tunnels at once, over either family: none wrong'

version() {
    openvpn --version | awk 'NR == 1 { print $2 }'
}

# A ping to a client that has just gone is refused, or not.
log_filter() {
    grep -v ECONNREFUSED
}

certificate() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj "/CN=$1" \
        -keyout "$DIR/$1.key" -out "$DIR/$1.crt" 2>/dev/null
    openssl x509 -noout -fingerprint -sha256 -in "$DIR/$1.crt" | cut -d = -f 2
}

prepare() {
    server_is=$(certificate server)
    client_is=$(certificate client)
    in_pod "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" serve 7777 &
}

with_protocol() { # PROTOCOL [OPTION...]
    rm -f "$DIR/status"
    launch "$(command -v openvpn)" --dev tun --proto "$@" --port "$PORT" --server 10.8.0.0 255.255.255.0 --topology subnet \
        --dh none --cert "$DIR/server.crt" --key "$DIR/server.key" --peer-fingerprint "$client_is" \
        --disable-dco --duplicate-cn --keepalive 1 5 --explicit-exit-notify 1 --verb 3
}

ipv4_only() {
    with_protocol udp4 --multihome
}

by_default() {
    with_protocol udp
}

come() { # HOST DEVICE OPTION...
    proto=udp4
    case $1 in *:*) proto=udp6 ;; esac
    come_host=$1 come_device=$2
    shift 2
    client openvpn --client --nobind --dev "$come_device" --dev-type tun --proto "$proto" --remote "$come_host" "$PORT" --peer-fingerprint "$server_is" \
        --cert "$DIR/client.crt" --key "$DIR/client.key" --disable-dco --script-security 2 --setenv dir "$DIR" \
        --explicit-exit-notify 1 --connect-timeout 2 --verb 3 "$@" >>"$DIR/$come_device-client.log" 2>&1
}

# The client ends as soon as a ping has come back.
pings() { # HOST
    rm -f "$DIR/pinged"
    come "$1" ping1 --route-up "/bin/sh $ROOT/tests/compat/apps/openvpn-up.sh"
    [ -e "$DIR/pinged" ]
}

are_up() { # DEVICE...
    for device in "$@"; do [ -e "$DIR/up.$device" ] || return; done
}

through_tunnels() { # DEVICE...
    WAIT_TRIES=800 wait_for are_up "$@" && client "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" 10.8.0.1 7777 "$@"
}

with_tunnels_to() { # HOST
    clients='' tunnels_status=0
    for device in load1 load2 load3; do
        rm -f "$DIR/up.$device"
        come "$1" "$device" --route-up "/bin/touch $DIR/up.$device" --writepid "$DIR/pid.$device" &
        clients="$clients $!"
    done
    through_tunnels load1 load2 load3 || tunnels_status=$?
    # shellcheck disable=SC2046 # words
    kill $(cat "$DIR"/pid.*) 2>/dev/null
    # shellcheck disable=SC2086 # words
    wait $clients || true
    return "$tunnels_status"
}

ready() { # HOST
    pings "$1"
}

work() { # HOST
    if [ "$PLACE" = node ]; then with_tunnels_to "$1"; else pings "$1"; fi
}

peer() { # HOST
    pings "$1" && sed -n 's/^.* Peer Connection Initiated with \[AF_INET6*\]\([^ ]*\):[0-9]*\( .*\)*$/\1/p' "$LOG" | tail -n 1
}

row
