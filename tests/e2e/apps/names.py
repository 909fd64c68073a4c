# SPDX-License-Identifier: MIT
"""names.py PORT [ADDRESS]: a server on 0.0.0.0, 127.0.0.1 or, for IPv6 alone, ::, which answers
with the name of its client as accept(2) and getpeername(2) tell it, its own, and its SO_DOMAIN."""

import socket
import sys

SO_DOMAIN = 39

address = sys.argv[2] if len(sys.argv) > 2 else "0.0.0.0"

with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if server.family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind((address, int(sys.argv[1])))
    server.listen(16)
    while True:
        client, peer = server.accept()
        names = [peer[0], client.getpeername()[0], client.getsockname()[0]]
        body = " ".join(names + [str(client.getsockopt(socket.SOL_SOCKET, SO_DOMAIN))])
        client.recv(4096)
        client.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body.encode())
        client.close()
