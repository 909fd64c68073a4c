# SPDX-License-Identifier: MIT
"""wire.py udp|tcp MAC PORT: packets that no kernel sends, put on the wire at eth0.

Standard input has a line for each: the source and the destination address, IPv6 or
IPv4. MAC is the server's. The text that goes to it is "SOURCE>DESTINATION"; the source
port is 20001 for the first line, and so on. TCP makes the whole handshake. Neighbours
that are asked for are all here.

Prints "SOURCE>DESTINATION" for each packet that is answered, to the address that it came
from. The last one has to be; after that it is enough that nothing comes for so long that
a connection would have been answered again.
"""
import ipaddress
import select
import socket
import struct
import sys
import time

SYN, ACK, PUSH = 2, 16, 8
SECONDS, QUIET = 20, 1.5


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def summed(source, target, protocol, data, at):
    """Transport DATA with its checksum, AT a place where it has two zeros."""
    pseudo = source + target + struct.pack("!II" if len(source) == 16 else "!HH", *(
        (len(data), protocol) if len(source) == 16 else (protocol, len(data))))
    return data[:at] + struct.pack("!H", checksum(pseudo + data) or 0xFFFF) + data[at + 2:]


class Wire:
    def __init__(self, server):
        self.server = server
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind(("eth0", 3))
        self.own = self.socket.getsockname()[4]
        self.until = self.end = time.monotonic() + SECONDS

    def send(self, source, target, protocol, data, hops=64):
        mac, kind = self.server, 0x86DD
        if len(source) == 16:
            header = struct.pack("!IHBB", 6 << 28, len(data), protocol, hops) + source + target
            if target[0] == 0xFF:
                mac = b"\x33\x33" + target[12:]
        else:
            kind = 0x0800
            header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, hops, protocol, 0) + source + target
            header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        self.socket.send(mac + self.own + struct.pack("!H", kind) + header + data)

    def packets(self):
        """Source, target, protocol and data of what comes from the server."""
        while (left := self.until - time.monotonic()) > 0 and select.select([self.socket], [], [], left)[0]:
            frame = self.socket.recv(4096)
            kind, packet = struct.unpack("!H", frame[12:14])[0], frame[14:]
            if frame[6:12] == self.own:
                continue
            if kind == 0x0806 and packet[7] == 1:
                self.socket.send(frame[6:12] + self.own + b"\x08\x06" + packet[:7] + b"\x02" + self.own +
                                 packet[24:28] + packet[8:18])
            elif kind == 0x0800:
                yield packet[12:16], packet[16:20], packet[9], packet[4 * (packet[0] & 15):]
            elif kind == 0x86DD and packet[6] == socket.IPPROTO_ICMPV6 and packet[40] == 135:
                self.advertise(packet[8:24], packet[48:64])
            elif kind == 0x86DD:
                yield packet[8:24], packet[24:40], packet[6], packet[40:]

    def advertise(self, asker, target):
        """RFC 4861: that the neighbour TARGET is here."""
        data = struct.pack("!BBHI", 136, 0, 0, 0x60000000) + target + b"\x02\x01" + self.own
        self.send(target, asker, socket.IPPROTO_ICMPV6, summed(target, asker, socket.IPPROTO_ICMPV6, data, 2), 255)


class Row:
    def __init__(self, line, number, protocol, port):
        self.text = ">".join(line.split())
        self.source, self.target = (ipaddress.ip_address(word).packed for word in line.split())
        self.number, self.protocol, self.port = number, protocol, port
        self.answered = False

    def send(self, wire, flags=SYN, sequence=1000, acknowledged=0, text=b""):
        if self.protocol == socket.IPPROTO_UDP:
            text = self.text.encode()
            data, at = struct.pack("!HHHH", self.number, self.port, 8 + len(text), 0) + text, 6
        else:
            data, at = struct.pack("!HHIIBBHHH", self.number, self.port, sequence, acknowledged, 5 << 4, flags, 8192,
                                   0, 0) + text, 16
        wire.send(self.source, self.target, self.protocol, summed(self.source, self.target, self.protocol, data, at))

    def take(self, wire, data):
        """What came to this row's source address and port. True: the first answer."""
        before = self.answered
        if self.protocol == socket.IPPROTO_UDP:
            self.answered = True
        elif data[13] & (SYN | ACK) == SYN | ACK:
            self.answered = True
            theirs = struct.unpack("!I", data[4:8])[0] + 1 & 0xFFFFFFFF
            self.send(wire, ACK, 1001, theirs)
            self.send(wire, ACK | PUSH, 1001, theirs, self.text.encode() + b"\n")
        return self.answered and not before


def main():
    protocol = {"udp": socket.IPPROTO_UDP, "tcp": socket.IPPROTO_TCP}[sys.argv[1]]
    wire = Wire(bytes.fromhex(sys.argv[2].replace(":", "")))
    rows = [Row(line, number, protocol, int(sys.argv[3])) for number, line in enumerate(sys.stdin, 20001)]
    for row in rows:
        row.send(wire)
    for _, target, number, data in wire.packets():
        for row in rows:
            if number == protocol and row.source == target and data[2:4] == struct.pack("!H", row.number):
                if row.take(wire, data) and rows[-1].answered:
                    wire.until = min(wire.end, time.monotonic() + QUIET)
    print(*(row.text for row in rows if row.answered), sep="\n")


main()
