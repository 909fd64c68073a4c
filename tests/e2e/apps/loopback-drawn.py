# SPDX-License-Identifier: MIT
"""loopback-drawn.py hub PORT TO: a UDP server on 0.0.0.0 that sends what comes after
"send " to 127.0.0.1 and the port TO. Prints "heard ADDRESS TEXT".

loopback-drawn.py sink HOST PORT [HUB]: prints "got TEXT" for what comes to it; sends
"hello" to [::1] and the port HUB, twenty times a second. REUSE=1 in the environment:
with SO_REUSEADDR.
"""
import os
import socket
import sys


def bound(host, port):
    own = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    if os.environ.get("REUSE"):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.bind((host, port))
    return own


def hub(port, to):
    own = bound("0.0.0.0", int(port))
    while True:
        text, sender = own.recvfrom(2048)
        print("heard", sender[0], text.decode(), flush=True)
        if text.startswith(b"send "):
            own.sendto(text[5:], ("127.0.0.1", int(to)))


def sink(host, port, to=None):
    own = bound(host, int(port))
    own.settimeout(0.05 if to else None)
    while True:
        if to:
            own.sendto(b"hello", ("::1", int(to)))
        try:
            print("got", own.recv(2048).decode(), flush=True)
        except TimeoutError:
            pass
        except ConnectionRefusedError:
            pass


{"hub": hub, "sink": sink}[sys.argv[1]](*sys.argv[2:])
