# SPDX-License-Identifier: MIT
"""rwho-tell.py HOST NAME: tells a rwhod of a host of that name, from the port that all of them have.
rwho-tell.py listen FILE: writes there from which address each announcement comes that is heard.
rwho-tell.py broadcast INTERFACE ADDRESS: that becomes its broadcast address."""
import fcntl
import socket
import struct
import sys
import time

PORT = 513
SIOCSIFBRDADDR = 0x891A
# Version, type, the time it is sent and received, the name, three loads, the time of boot.
HEAD = struct.Struct("!BBxxii32s3ii")


def datagrams(family, local):
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((local, PORT))
    return one


def listen(path):
    heard = datagrams(socket.AF_INET, "0.0.0.0")
    while True:
        data, peer = heard.recvfrom(4096)
        if len(data) >= HEAD.size and data[:2] == b"\1\1" and peer[1] == PORT:
            with open(path, "a", encoding="ascii") as file:
                print(peer[0], file=file)


def set_broadcast(interface, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        name = struct.pack("16sHH4s8x", interface.encode(), socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(asked, SIOCSIFBRDADDR, name)


def tell(host, name):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    now = int(time.time())
    with datagrams(family, local_for(family, host)) as teller:
        teller.sendto(HEAD.pack(1, 1, now, 0, name.encode(), 7, 8, 9, now - 600), (host, PORT))


def local_for(family, host):
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        asked.connect((host, PORT))
        return asked.getsockname()[0]


if sys.argv[1] == "listen":
    listen(sys.argv[2])
elif sys.argv[1] == "broadcast":
    set_broadcast(*sys.argv[2:])
else:
    tell(*sys.argv[1:])
