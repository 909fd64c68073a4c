#!/bin/sh
# SPDX-License-Identifier: MIT
# A proxy asks where a client was going that the network has turned to it (SO_ORIGINAL_DST, as meshes
# and transparent proxies do): of an IPv6 client it is told so too, by an address that it can connect to.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need ip6tables iptables
need iptables
forms dual

# Tells each client where it was going, and what is served there.
proxy='
import socket, sys
SO_ORIGINAL_DST = 80
own = socket.create_server(("0.0.0.0", 8080))
while True:
    client, _ = own.accept()
    try:
        raw = client.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
        host, port = socket.inet_ntoa(raw[4:8]), int.from_bytes(raw[2:4], "big")
        with socket.create_connection((host, port), timeout=5) as there:
            answer = " ".join((str(int.from_bytes(raw[:2], sys.byteorder)), host, str(port), there.recv(99).decode()))
    except OSError as error:
        answer = str(error)
    client.sendall(answer.encode())
    client.close()
'
asks='
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) as server:
    print(server.recv(99).decode())
'
ask_at() { # HOST PORT
    timeout 20 "$PYTHON" -c "$asks" "$1" "$2"
}
for tables in iptables ip6tables; do
    in_pod "$tables" -t nat -A PREROUTING -p tcp --dport 9001 -j REDIRECT --to-ports 8080 2>"$DIR/nat" ||
        skip_all "no $tables: $(cat "$DIR/nat")"
done
serve_plain 9001 "$PYTHON" -c '
import socket
own = socket.create_server(("::", 9001), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    client, _ = own.accept()
    client.sendall(b"there")
    client.close()'
ok 'the proxy starts' serve 8080 "$PYTHON" -c "$proxy"
is "$(ask_at "$POD_IP4" 9001)" "2 $POD_IP4 9001 there" 'an IPv4 client: as natively'
answer=$(ask_at "$POD_IP6" 9001)
shown=$(synthetic "$SHIM_LOG" "$POD_IP6")
ok 'an IPv6 client: a synthetic address is told' in_pool "$shown"
is "$answer" "2 $shown 9001 there" 'an IPv6 client: it is there'
done_testing
