# SPDX-License-Identifier: MIT
"""dual-ask.py HOST PORT: sends its input, prints all that is answered."""
import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) as connection:
    connection.sendall(sys.stdin.buffer.read())
    while answer := connection.recv(4096):
        sys.stdout.buffer.write(answer)
