# SPDX-License-Identifier: MIT
"""ike-init.py HOST PORT N: begins N negotiations with an IKE daemon (RFC 7296), each with a
port of its own, eight at once.

Prints "N asked, W wrong". Right is a response to IKE_SA_INIT with the initiator's number, from the
address and port that were asked. Exit status: 0 if none is wrong.
"""
import os
import select
import socket
import struct
import sys
import time

AES_128_SHA256_MODP2048 = (
    struct.pack("!BxHBxHHH", 3, 12, 1, 12, 0x800E, 128)  # ENCR_AES_CBC, with a key of 128 bits
    + struct.pack("!BxHBxH", 3, 8, 2, 5)  # PRF_HMAC_SHA2_256
    + struct.pack("!BxHBxH", 3, 8, 3, 12)  # AUTH_HMAC_SHA2_256_128
    + struct.pack("!BxHBxH", 0, 8, 4, 14)  # 2048-bit MODP
)
SA, KE, NONCE, IKE_SA_INIT = 33, 34, 40, 34


def payload(after, body):
    return struct.pack("!BxH", after, len(body) + 4) + body


def request(spi):
    proposal = struct.pack("!BxHBBBB", 0, len(AES_128_SHA256_MODP2048) + 8, 1, 1, 0, 4) + AES_128_SHA256_MODP2048
    body = (payload(KE, proposal) + payload(NONCE, struct.pack("!HH", 14, 0) + b"\x01" + os.urandom(255))
            + payload(0, os.urandom(32)))
    return spi + struct.pack("!8xBBBBII", SA, 0x20, IKE_SA_INIT, 0x08, 0, len(body) + 28) + body


class Negotiation:
    def __init__(self, family, server):
        self.server, self.spi, self.end = server, os.urandom(8), time.monotonic() + 20
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.sendto(request(self.spi), server)

    def is_right(self):
        data, peer = self.socket.recvfrom(65535)
        if peer[:2] != self.server[:2]:
            print(f"asked {self.server[:2]}, answered by {peer[:2]}", file=sys.stderr)
            return False
        return data[:8] == self.spi and data[18] == IKE_SA_INIT and data[19] & 0x20 == 0x20


def main():
    host, port, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    family, _, _, _, server = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    waiting, begun, wrong = {}, 0, 0
    while begun < number or waiting:
        while begun < number and len(waiting) < 8:
            negotiation = Negotiation(family, server)
            waiting[negotiation.socket] = negotiation
            begun += 1
        for ready in select.select(waiting, [], [], 1)[0]:
            wrong += not waiting.pop(ready).is_right()
        for late in [s for s, n in waiting.items() if n.end < time.monotonic()]:
            del waiting[late]
            wrong += 1
    print(f"{begun} asked, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
