#!/usr/bin/env python3
"""A UDP server at 0.0.0.0:8080 that prints what it hears, and answers."""
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 8080))
while True:
    data, peer = server.recvfrom(100)
    print(peer[0], data.decode())
    server.sendto(peer[0].encode(), peer)
