#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold the sockets that the arguments name, such as tcp/0.0.0.0/8080, udp/::/53
and tcp-only/::/8081 (IPV6_V6ONLY), until the standard input ends or for ever."""

import signal
import socket
import sys

held = []
for word in sys.argv[1:]:
    kind, ip, port = word.split("/")
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    stream = kind.startswith("tcp")
    sock = socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(stream))
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(kind.endswith("-only")))
    sock.bind((ip, int(port)))
    if stream:
        sock.listen()
    held.append(sock)
signal.pause()
