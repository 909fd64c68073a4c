# SPDX-License-Identifier: MIT
"""udp-peer.py asyncio|uvloop|blocking|socketserver PORT: answers each datagram
with its sender's address, as this way of writing a server in Python shows it."""
import asyncio
import socket
import socketserver
import sys


class Protocol(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        host, _port = addr
        self.transport.sendto(host.encode(), addr)


async def serve_endpoint(port):
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Protocol, local_addr=("0.0.0.0", port))
    await loop.create_future()


def serve_asyncio(port):
    asyncio.run(serve_endpoint(port))


def serve_uvloop(port):
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(serve_endpoint(port))


def serve_blocking(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", port))
        while True:
            _data, sender = server.recvfrom(2048)
            host, _port = sender
            server.sendto(host.encode(), sender)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        _data, server = self.request
        server.sendto(self.client_address[0].encode(), self.client_address)


def serve_socketserver(port):
    with socketserver.UDPServer(("0.0.0.0", port), Handler) as server:
        server.serve_forever()


WAYS = {
    "asyncio": serve_asyncio,
    "uvloop": serve_uvloop,
    "blocking": serve_blocking,
    "socketserver": serve_socketserver,
}
WAYS[sys.argv[1]](int(sys.argv[2]))
