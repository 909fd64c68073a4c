# SPDX-License-Identifier: MIT
"""Binds every address of getaddrinfo(NULL, AI_PASSIVE), and goes on where one is refused. 0.0.0.0
comes first there, and :: for both families has no place beside it. Answers by HTTP with the client's
address. Usage: bind-all.py PORT"""
import selectors
import socket
import sys

selector = selectors.DefaultSelector()
for family, kind, protocol, _, where in socket.getaddrinfo(
        None, int(sys.argv[1]), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(where)
        listener.listen()
        selector.register(listener, selectors.EVENT_READ)
    except OSError as error:
        print(where, error, flush=True)
        listener.close()
while True:
    for key, _ in selector.select():
        connection, peer = key.fileobj.accept()
        with connection:
            connection.recv(4096)
            body = peer[0].encode()
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
