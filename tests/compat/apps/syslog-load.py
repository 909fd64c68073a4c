# SPDX-License-Identifier: MIT
"""syslog-load.py --network NET --shown NET [OPTION...] HOST PORT FILE: logs much over UDP.

  --network NET    each client has an address of its own, from this network, which a
                   route makes local here ("ip route add local NET dev lo")
  --shown NET      where the server must show them: in NET itself each as it is, else
                   each by an address of its own
  --clients N      so many sockets (default: 200)
  --messages N     so many in all (default: 10000)
  --batch N        so many at once (default: 100), until the server has written all:
                   nothing else keeps a sender from filling the server's buffer
  --wait SECONDS   a message that is not in FILE by then is missing (default: 20)

The server writes a line "ADDRESS TEXT" for each message to FILE. Prints "N asked, W
wrong", and how they are wrong. Exit status: 0 if none is wrong.
"""
import argparse
import collections
import ipaddress
import socket
import sys
import time

IP_FREEBIND = 15


class Log:
    """The lines that come to a file, of the messages with our tag."""

    def __init__(self, path, tag):
        self.file, self.tag, self.part = open(path, "rb"), tag, b""

    def new(self):
        """Pairs of an address and a message's number."""
        *lines, self.part = (self.part + self.file.read()).split(b"\n")
        for line in lines:
            words = line.decode(errors="replace").split()
            if len(words) >= 2 and words[-1].startswith(self.tag):
                yield words[0], int(words[-1][len(self.tag):])


class Load:
    def __init__(self, options):
        self.options = options
        info = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
        self.family, self.server = info[0], info[4]
        self.network, self.shown = ipaddress.ip_network(options.network), ipaddress.ip_network(options.shown)
        self.sockets = [self.client(n) for n in range(options.clients)]
        self.tag = f"load{self.network.version}-"
        self.log = Log(options.file, self.tag)
        self.addresses = {}  # which was shown, by client
        self.wrong = collections.Counter()

    def address(self, client):
        return str(self.network[client + 1])

    def client(self, n):
        client = socket.socket(self.family, socket.SOCK_DGRAM)
        client.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        client.bind((self.address(n), 0))
        return client

    def is_right(self, client, address):
        """Each client is shown by one address, which is its own or nobody else's."""
        if self.shown == self.network:
            return address == self.address(client)
        if client not in self.addresses and address not in self.addresses.values():
            self.addresses[client] = address
        return self.addresses.get(client) == address and ipaddress.ip_address(address) in self.shown

    def take(self, waiting):
        for address, n in self.log.new():
            if n not in waiting:
                self.wrong["twice"] += 1
                continue
            waiting.remove(n)
            if not self.is_right(n % len(self.sockets), address):
                self.wrong["from elsewhere"] += 1
                if self.wrong["from elsewhere"] <= 3:
                    print(f"syslog-load: {self.address(n % len(self.sockets))} is shown as {address}", file=sys.stderr)

    def run(self):
        for first in range(0, self.options.messages, self.options.batch):
            batch = range(first, min(first + self.options.batch, self.options.messages))
            for n in batch:
                text = f"<14>Nov 30 06:00:00 client load: {self.tag}{n}"
                self.sockets[n % len(self.sockets)].sendto(text.encode(), self.server)
            waiting, end = set(batch), time.monotonic() + self.options.wait
            while waiting and time.monotonic() < end:
                self.take(waiting)
                time.sleep(0.002)
            self.wrong["missing"] += len(waiting)
        how = ", ".join(f"{count} {what}" for what, count in self.wrong.items() if count)
        print(f"{self.options.messages} asked, {self.wrong.total()} wrong{how and ': ' + how}")
        return self.wrong.total()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--network", required=True)
    parser.add_argument("--shown", required=True)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--messages", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    sys.exit(1 if Load(parser.parse_args()).run() else 0)


main()
