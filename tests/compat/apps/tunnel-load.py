# SPDX-License-Identifier: MIT
"""tunnel-load.py serve PORT: answers each datagram with what stands in it, backwards.
tunnel-load.py [OPTION...] HOST PORT VIA...: asks that server through tunnels, all of them at once.

  VIA              a tunnel's device, or the client's address in the tunnel
  --datagrams N    for each tunnel (default: 1000), of 20 to 1,200 bytes
  --window N       so many at once of each (default: 16)
  --wait SECONDS   an answer that did not come by then is missing (default: 20)

Prints "N asked through M tunnels, W wrong", and how they are wrong: an answer is missing, has
another content than it must have, belongs to another tunnel, comes from another address, or
comes twice. Exit status: 0 if none is wrong.
"""
import argparse
import collections
import hashlib
import select
import socket
import struct
import sys
import time

HEAD = struct.Struct("!II")  # the tunnel, and the datagram's number in it


def serve(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", port))
    while True:
        data, client = server.recvfrom(65535)
        try:
            server.sendto(data[::-1], client)
        except OSError:  # a tunnel that has ended
            pass


class Tunnel:
    def __init__(self, number, via, options):
        self.number, self.options = number, options
        self.server = (options.host, options.port)
        self.waiting, self.answered, self.sent = {}, set(), 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        if via[0].isdigit():
            self.socket.bind((via, 0))
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, via.encode())

    def data(self, n):
        head = HEAD.pack(self.number, n)
        return head + hashlib.shake_128(head).digest(12 + n * 37 % 1181)

    def send(self):
        while self.sent < self.options.datagrams and len(self.waiting) < self.options.window:
            try:
                self.socket.sendto(self.data(self.sent), self.server)
            except BlockingIOError:
                return
            self.waiting[self.sent] = time.monotonic() + self.options.wait
            self.sent += 1

    def receive(self, wrong):
        while True:
            try:
                data, peer = self.socket.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError as error:
                wrong[error.strerror] += 1
                return
            number, n = HEAD.unpack(data[::-1][:HEAD.size]) if len(data) >= HEAD.size else (None, None)
            if peer != self.server:
                wrong["from elsewhere"] += 1
            elif number != self.number:
                wrong["of another tunnel"] += 1
            elif n in self.answered:
                wrong["twice"] += 1
            elif self.waiting.pop(n, None) is None or data[::-1] != self.data(n):
                wrong["other content"] += 1
            else:
                self.answered.add(n)

    def give_up(self, now, wrong):
        for n in [n for n, end in self.waiting.items() if end <= now]:
            del self.waiting[n]
            wrong["missing"] += 1

    def is_done(self):
        return self.sent == self.options.datagrams and not self.waiting


def ask(options):
    tunnels = [Tunnel(n, via, options) for n, via in enumerate(options.via)]
    wrong, poll = collections.Counter(), select.poll()
    by_number = {tunnel.socket.fileno(): tunnel for tunnel in tunnels}
    for number in by_number:
        poll.register(number, select.POLLIN)
    start = time.monotonic()
    while not all(tunnel.is_done() for tunnel in tunnels):
        for tunnel in tunnels:
            tunnel.send()
        for number, _ in poll.poll(1000):
            by_number[number].receive(wrong)
        for tunnel in tunnels:
            tunnel.give_up(time.monotonic(), wrong)
    how = ", ".join(f"{count} {what}" for what, count in wrong.items())
    asked, seconds = sum(tunnel.sent for tunnel in tunnels), time.monotonic() - start
    print(f"{asked} asked through {len(tunnels)} tunnels, {sum(wrong.values())} wrong{how and ': ' + how}"
          f" ({asked / seconds:.0f} a second)")
    return 1 if wrong else 0


def main():
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--datagrams", type=int, default=1000)
    parser.add_argument("--window", type=int, default=16)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("via", nargs="+")
    sys.exit(ask(parser.parse_args()))


main()
