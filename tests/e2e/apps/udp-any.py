# SPDX-License-Identifier: MIT
"""udp-any.py PORT: a UDP server on a dual-stack socket of its own, which sends
everything back, and leaves the source address to the kernel."""
import socket
import sys

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", int(sys.argv[1])))
    while True:
        server.sendto(*server.recvfrom(65535))
