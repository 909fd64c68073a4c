#!/bin/sh
# SPDX-License-Identifier: MIT
# openvpn over UDP with --multihome, which answers from the address that was
# asked (IP_PKTINFO): a client comes, and pings the other end of the tunnel.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=OpenVPN FAMILY='Network services' PORT=1194 PROTOCOL=udp PACKAGES='apt:openvpn apt:openssl apt:iputils-ping'

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
}

with_protocol() { # PROTOCOL [OPTION...]
    rm -f "$DIR/status"
    launch "$(command -v openvpn)" --dev tun --proto "$@" --port "$PORT" --server 10.8.0.0 255.255.255.0 --topology subnet \
        --dh none --cert "$DIR/server.crt" --key "$DIR/server.key" --peer-fingerprint "$client_is" \
        --keepalive 1 5 --explicit-exit-notify 1 --verb 3
}

ipv4_only() {
    with_protocol udp4 --multihome
}

by_default() {
    with_protocol udp
}

# The client ends as soon as a ping has come back.
work() { # HOST
    proto=udp4
    case $1 in *:*) proto=udp6 ;; esac
    rm -f "$DIR/pinged"
    client openvpn --client --nobind --dev tun --proto "$proto" --remote "$1" "$PORT" --peer-fingerprint "$server_is" \
        --cert "$DIR/client.crt" --key "$DIR/client.key" --script-security 2 --setenv dir "$DIR" \
        --route-up "/bin/sh $ROOT/tests/compat/apps/openvpn-up.sh" --explicit-exit-notify 1 --connect-timeout 2 --verb 3 >>"$DIR/openvpn-client.log" 2>&1
    [ -e "$DIR/pinged" ]
}

peer() { # HOST
    work "$1" && sed -n 's/^.* Peer Connection Initiated with \[AF_INET6*\]\([^ ]*\):[0-9]*\( .*\)*$/\1/p' "$LOG" | tail -n 1
}

row
