# SPDX-License-Identifier: MIT
"""raw-datagram.py SOURCE TARGET PORT TEXT: one datagram with that source."""
import socket
import struct
import sys

source, target = (socket.inet_pton(socket.AF_INET6, text) for text in sys.argv[1:3])
text = sys.argv[4].encode()
length = 8 + len(text)
udp = struct.pack("!HHHH", 4321, int(sys.argv[3]), length, 0) + text
summed = source + target + struct.pack("!II", length, socket.IPPROTO_UDP) + udp + b"\0" * (length % 2)
total = sum(struct.unpack(f"!{len(summed) // 2}H", summed))
while total > 0xFFFF:
    total = (total & 0xFFFF) + (total >> 16)
udp = udp[:6] + struct.pack("!H", total ^ 0xFFFF or 0xFFFF) + udp[8:]
header = struct.pack("!IHBB", 6 << 28, length, socket.IPPROTO_UDP, 64) + source + target
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
    raw.sendto(header + udp, (sys.argv[2], 0))
