#!/usr/bin/env python3
"""spoof.py SOURCE TARGET TEXT: a datagram to port 8080 of TARGET with that source address."""
import ipaddress
import re
import socket
import struct
import subprocess
import sys

source, target = (ipaddress.ip_address(text).packed for text in sys.argv[1:3])
text = sys.argv[3].encode()


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(check):
    return struct.pack("!HHHH", 5555, 8080, 8 + len(text), check) + text


pseudo = source + target + struct.pack("!IxxxB", 8 + len(text), socket.IPPROTO_UDP)
padded = pseudo + datagram(0) + b"\0" * (len(text) % 2)
packet = struct.pack("!IHBB", 0x60000000, 8 + len(text), socket.IPPROTO_UDP, 64) + source + target
neighbour = subprocess.run(["ip", "-6", "neighbour", "show", sys.argv[2]], check=True, capture_output=True, text=True)
device, mac = re.search(r"dev (\S+) lladdr (\S+)", neighbour.stdout).groups()
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
    wire.bind((device, 0))
    frame = bytes.fromhex(mac.replace(":", "")) + wire.getsockname()[4] + b"\x86\xdd"
    wire.send(frame + packet + datagram(checksum(padded)))
