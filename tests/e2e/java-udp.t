#!/bin/sh
# SPDX-License-Identifier: MIT
# Java: DatagramSocket and NIO's DatagramChannel. By itself Java opens AF_INET6
# sockets that serve both families, which are none of the library's business.
# With preferIPv4Stack, or a channel of family INET, it opens AF_INET sockets
# and throws when a datagram comes from another family.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need java default-jre-headless
need javac default-jdk-headless
forms ipv6 dual

ok "compiles" timeout 120 javac -d "$DIR" "$APPS/UdpPeer.java"

# A virtual machine that starts fast and stays small. What it is asked is no
# matter of its compiler or its heap.
set -- java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp "$DIR"

for kind in socket channel; do
    diag "$kind, IPv4 stack"
    battery_udp 5000 "$@" -Djava.net.preferIPv4Stack=true UdpPeer "$kind" 5000
done
diag "a channel of family INET"
battery_udp 5000 "$@" UdpPeer inet-channel 5000

observe() {
    udp_sockets 5000
    ask "$POD_IP6" 5000
    pod_ask ::1 5000
    pod_ask 127.0.0.1 5000
    [ -z "$POD_IP4" ] || ask "$POD_IP4" 5000
}

for kind in socket channel; do
    diag "$kind, as Java opens it"
    ok "starts without the shim" serve_udp_plain 5000 "$@" UdpPeer "$kind" 5000
    native=$(observe)
    stop
    ok "starts with the shim" serve_udp 5000 "$@" UdpPeer "$kind" 5000
    is "$(observe)" "$native" "sockets and clients are as without the shim"
    is "$(udp_sockets 5000)" ":: inet6 v6only=0" "it is a socket for both families"
    is "$(ask "$POD_IP6" 5000)" fd00:db:0:0:0:0:0:1 "an IPv6 client is shown as itself"
    is "$(pod_ask 127.0.0.1 5000)" 127.0.0.1 "an IPv4 client is shown as itself"
    is "$(cat "$SHIM_LOG")" "" "the shim did nothing"
    stop
done
done_testing
