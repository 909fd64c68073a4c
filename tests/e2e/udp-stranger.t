#!/bin/sh
# SPDX-License-Identifier: MIT
# Another program has the UDP port for IPv6. A server that shares the port, by
# SO_REUSEPORT or SO_REUSEADDR, is left as it is, and each of its processes alike:
# a dual-stack one would take the stranger's datagrams, and next to an AF_INET
# one it would get no IPv4 ones.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need socat
forms dual

# Two processes that answer with their number.
group='
import os, socket, sys
parent = os.fork()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.setsockopt(socket.SOL_SOCKET, getattr(socket, sys.argv[1]), 1)
server.bind(("0.0.0.0", 5000))
while True:
    data, peer = server.recvfrom(1000)
    server.sendto(b"parent" if parent else b"child", peer)
'
stranger() {
    serve_udp_plain 5000 socat -u UDP6-RECV:5000,ipv6only=1,reuseaddr,reuseport "OPEN:$DIR/strangers,creat,append"
}
both() { # COUNT
    wait_for sockets_are "$1"
}
sockets_are() { # COUNT
    [ "$(udp_sockets 5000 | wc -l)" -eq "$1" ]
}
who() { # HOST
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do udp_ask "$1" 5000; done | sort -u | tr '\n' ' '
}

for option in SO_REUSEPORT SO_REUSEADDR; do
    diag "$option"
    rm -f "$DIR/strangers"
    ok "a stranger is at the port" stranger
    stranger=$SERVER_PID
    ok "the server starts beside it" serve_udp 5000 "$PYTHON" -c "$group" "$option"
    ok "in two processes" both 3
    is "$(udp_sockets 5000 | uniq -c | sed 's/^ *//')" "2 0.0.0.0 inet
1 :: inet6 v6only=1" "both are left as they are"
    [ "$option" = SO_REUSEADDR ] || is "$(who "$POD_IP4")" "child parent " "both are asked over IPv4"
    UDP_ASK='--wait 1' udp_ask "$POD_IP6" 5000 hello >/dev/null
    ok "the stranger gets what is sent over IPv6" wait_for grep -q hello "$DIR/strangers"
    stop
    stop_with TERM "$stranger"
done

ok "without a stranger it starts" serve_udp 5000 "$PYTHON" -c "$group" SO_REUSEPORT
ok "in two processes" both 2
is "$(udp_sockets 5000 | uniq)" ":: inet6 v6only=0" "both are converted"
is "$(who "$POD_IP4")" "child parent " "both are asked over IPv4"
is "$(who "$POD_IP6")" "child parent " "and over IPv6"
stop
done_testing
