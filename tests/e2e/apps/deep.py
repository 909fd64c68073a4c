# SPDX-License-Identifier: MIT
"""deep.py MODULE: loads tests/process/snippets/deep_module.c with RTLD_DEEPBIND and
prints the family by which it is shown an IPv6 client, on a TCP and a UDP socket
that it opens itself and on a TCP socket of Python's."""
import ctypes
import os
import socket
import struct
import sys

PORT = 8080
module = ctypes.CDLL(sys.argv[1], mode=os.RTLD_DEEPBIND | os.RTLD_NOW)


def heard(fd, kind):
    with socket.socket(fileno=os.dup(fd)) as server:  # who is not heard within 5 seconds is nobody
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 5, 0))
    client = socket.socket(socket.AF_INET6, kind)
    try:
        client.connect(("::1", PORT))
        client.send(b"x")
    except OSError:
        return "none"
    return str(module.module_hears(fd, int(kind)))


for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
    fd = module.module_bound(int(kind))
    print(heard(fd, kind), end=" ")
    os.close(fd)
own = socket.socket()
own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
own.bind(("0.0.0.0", PORT))
own.listen()
print(heard(own.fileno(), socket.SOCK_STREAM))
