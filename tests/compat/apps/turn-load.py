# SPDX-License-Identifier: MIT
"""turn-load.py [OPTION...] HOST PORT: many relays at a TURN server, over UDP.

Each client allocates a relay and binds a channel to the relay of its partner; then each
sends to its partner, through both relays, and each datagram must arrive, once, whole and
at the right one. (turnutils_uclient starts five clients a second.)

  --network NET    each client has an address of its own, from this network, which a
                   route makes local here ("ip route add local NET dev lo")
  --clients N      so many sockets, each with a relay (default: 1000; an even number)
  --messages N     each sends so many (default: 5)
  --window N       so many at once (default: 50)
  --wait SECONDS   what has not come by then is missing (default: 20)

Prints "N asked, W wrong", and how they are wrong. Exit status: 0 if none is wrong.
"""
import argparse
import collections
import ipaddress
import select
import socket
import struct
import sys
import time

IP_FREEBIND = 15
COOKIE = 0x2112A442
ALLOCATE, BIND_CHANNEL = 0x003, 0x009
TRANSPORT, PEER, RELAYED, CHANNEL = 0x19, 0x12, 0x16, 0x0C
NUMBER = 0x4000  # of each client's one channel


def request(kind, key, *fields):
    body = b"".join(struct.pack("!HH", name, len(value)) + value for name, value in fields)
    return struct.pack("!HHI12s", kind, len(body), COOKIE, key) + body


def field(data, wanted):
    at = 20
    while at + 4 <= len(data):
        name, length = struct.unpack("!HH", data[at:at + 4])
        if name == wanted:
            return data[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return None


class Load:
    def __init__(self, options):
        self.options = options
        info = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
        self.family, self.server = info[0], info[4]
        self.poll, self.sockets, self.numbers = select.epoll(), [], {}
        for n in range(options.clients):
            client = socket.socket(self.family, socket.SOCK_DGRAM)
            client.setblocking(False)
            if options.network:
                client.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
                client.bind((str(ipaddress.ip_network(options.network)[n + 1]), 0))
            self.sockets.append(client)
            self.numbers[client.fileno()] = n
            self.poll.register(client, select.EPOLLIN)
        self.wrong, self.asked = collections.Counter(), 0

    def received(self):
        """Pairs of a client and what came to it from the server."""
        for number, _ in self.poll.poll(1):
            client = self.numbers[number]
            while True:
                try:
                    data, peer = self.sockets[client].recvfrom(65535)
                except BlockingIOError:
                    break
                except OSError as error:
                    self.wrong[f"error ({error.strerror})"] += 1
                    continue
                if peer[:2] == self.server[:2]:
                    yield client, data
                else:
                    self.wrong["from elsewhere"] += 1

    def exchange(self, what, sends, key_of):
        """Sends each (sender, data, receiver, key), so many at once. Gives what came, by
        receiver and key."""
        sends, waiting, came, last = collections.deque(sends), set(), {}, time.monotonic()
        self.asked += len(sends)
        while sends or waiting:
            while sends and len(waiting) < self.options.window:
                sender, data, receiver, key = sends.popleft()
                self.sockets[sender].sendto(data, self.server)
                waiting.add((receiver, key))
            for client, data in self.received():
                key = client, key_of(data)
                if key in waiting:
                    waiting.remove(key)
                    came[key], last = data, time.monotonic()
                else:
                    self.wrong[f"{what}: twice, or not at the right client"] += 1
            if time.monotonic() - last > self.options.wait:
                self.wrong[f"{what}: missing"] += len(waiting)
                waiting, last = set(), time.monotonic()
        return came

    def requests(self, what, kind, fields):
        keys = [struct.pack("!HHQ", kind, 0, n) for n in range(len(self.sockets))]
        came = self.exchange(what, [(n, request(kind, key, *fields[n]), n, key) for n, key in enumerate(keys)],
                             lambda data: data[8:20])
        answers = [came.get((n, key), b"") for n, key in enumerate(keys)]
        self.wrong[f"{what}: refused"] += sum(data[:2] not in (b"", struct.pack("!H", kind | 0x100)) for data in answers)
        return answers

    def run(self):
        everybody = range(len(self.sockets))
        relays = [field(data, RELAYED) for data in
                  self.requests("relays", ALLOCATE, [[(TRANSPORT, b"\x11\0\0\0")]] * len(everybody))]
        if None in relays or len(set(relays)) != len(relays):
            self.wrong["relays: not one for each"] += 1
            return self.tell()
        self.requests("channels", BIND_CHANNEL, [
            [(CHANNEL, struct.pack("!HH", NUMBER, 0)), (PEER, relays[n ^ 1])] for n in everybody])
        sends = [(n, f"message {i} of {n}".ljust(96, ".").encode(), n ^ 1) for i in range(self.options.messages) for n in everybody]
        self.exchange("data", [(n, struct.pack("!HH", NUMBER, len(data)) + data, to, data) for n, data, to in sends],
                      lambda data: data[4:])
        return self.tell()

    def tell(self):
        how = ", ".join(f"{count} {what}" for what, count in self.wrong.items() if count)
        print(f"{self.asked} asked, {self.wrong.total()} wrong{how and ': ' + how}")
        return self.wrong.total()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--network", default="")
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=5)
    parser.add_argument("--window", type=int, default=50)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    sys.exit(1 if Load(parser.parse_args()).run() else 0)


main()
