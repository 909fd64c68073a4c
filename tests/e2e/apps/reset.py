# SPDX-License-Identifier: MIT
"""A client of restart.js that is held, and then resets its connection. Usage: reset.py HOST PORT"""
import socket
import struct
import sys

client = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10)
client.sendall(b"HOLD")
if client.recv(4) != b"held":
    sys.exit(1)
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
