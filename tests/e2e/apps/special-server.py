# SPDX-License-Identifier: MIT
"""special-server.py udp|tcp ADDRESS PORT: prints "TEXT FAMILY PEER" for each datagram or
connection, and sends TEXT back to the peer as it was shown; over TCP by a datagram too, from
a socket of its own, as servers do that call their client.

special-server.py spy ADDRESS...: prints "ADDRESS TEXT" for each datagram that comes to
these, at the ports from 20001 to 20100.
"""
import selectors
import socket
import sys

FAMILIES = {2: socket.AF_INET, 4: socket.AF_INET6}  # by the length of Python's address


def call(text, peer):
    with socket.socket(FAMILIES[len(peer)], socket.SOCK_DGRAM) as own:
        try:
            own.sendto(text.encode(), peer)
        except OSError:
            pass


def datagrams(server, wide):
    while True:
        data, peer = wide.recvfrom(2048)
        print(data.decode(), FAMILIES[len(peer)].name, peer[0].split("%")[0], flush=True)
        try:
            (server if len(peer) == 2 else wide).sendto(data, peer)
        except OSError as error:
            print("# not answered:", data.decode(), error, flush=True)


def connections(_, wide):
    wide.listen(200)
    while True:
        connection, peer = wide.accept()
        with connection:
            try:
                connection.settimeout(10)
                text = connection.recv(2048).decode().strip()
                if connection.getpeername() != peer:
                    peer = ("another-name", 0)
                print(text, FAMILIES[len(peer)].name, peer[0].split("%")[0], flush=True)
                call(text, peer)
            except OSError as error:
                print("#", peer, error, flush=True)


def spy(*addresses):
    with selectors.DefaultSelector() as selector:
        for address in addresses:
            for port in range(20001, 20101):
                own = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
                own.bind((address, port))
                selector.register(own, selectors.EVENT_READ, address)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                print(key.data, key.fileobj.recv(2048).decode(), flush=True)


if sys.argv[1] == "spy":
    spy(*sys.argv[2:])
kind, serve = {"udp": (socket.SOCK_DGRAM, datagrams), "tcp": (socket.SOCK_STREAM, connections)}[sys.argv[1]]
listener = socket.socket(socket.AF_INET, kind)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[2], int(sys.argv[3])))
# Python gives the kernel as much room for an address as its own idea of the family needs.
serve(listener, socket.socket(socket.AF_INET6, kind, 0, fileno=listener.fileno()))
