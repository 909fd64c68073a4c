# SPDX-License-Identifier: MIT
"""udp-load.py --as KIND [OPTION...] HOST[,HOST...] PORT: asks a UDP server much at once.

  --as KIND        what is sent: dns, radius, ntp, stun, text (below)
  --clients N      so many sockets (default: 200), each with a port of its own
  --network NET    and each with an address of its own, from this network, which
                   a route makes local here ("ip route add local NET dev lo")
  --queries N      so many in all (default: 10000)
  --window N       so many at once (default: 64): the receive buffer of one socket has room
                   for some 250 small datagrams, so that none is lost for want of room
  --wait SECONDS   an answer that did not come by then is missing (default: 20)
  --secret TEXT    of radius

Each client asks the hosts in turn. Prints "N asked, W wrong", and how they are wrong: an
answer is missing, comes from another address or port than was asked, has another
content than it must have, or comes twice. Exit status: 0 if none is wrong.
"""
import argparse
import collections
import hashlib
import ipaddress
import select
import socket
import struct
import sys
import time

IP_FREEBIND = 15


class Kind:
    """ask gives a query and what its answer must repeat, which read finds in an answer."""

    def __init__(self, options):
        pass

    def right(self, n, data):
        return True


class Dns(Kind):
    """Names q0 to q249 below load.name.test, whose addresses are 192.0.2.0 to 192.0.2.249."""

    def ask(self, n):
        name = b"q%d" % (n % 250)
        data = struct.pack("!6HB", n & 0xFFFF, 0x100, 1, 0, 0, 0, len(name)) + name + b"\4load\4name\4test\0\0\1\0\1"
        return data, data[:2]

    def read(self, data):
        return data[:2]

    def right(self, n, data):
        asked, _ = self.ask(n)
        number, flags, questions, answers = struct.unpack("!4H", data[:8])
        return (number == n & 0xFFFF and flags & 0x800F == 0x8000 and questions == 1 and answers == 1
                and data[12:len(asked)].lower() == asked[12:]
                and data[len(asked) + 10:len(asked) + 16] == bytes((0, 4, 192, 0, 2, n % 250)))


class Radius(Kind):
    """Access-Requests by PAP of user u0 to u249 with their passwords; each third password is
    wrong, and must be rejected. Answers are signed with the secret and the request."""

    def __init__(self, options):
        self.secret = options.secret.encode()

    def authenticator(self, n):
        return hashlib.md5(b"request %d" % n).digest()

    def ask(self, n):
        user, password = b"u%d" % (n % 250), b"%s%d" % (b"p" if n % 3 else b"wrong", n % 250)
        authenticator = self.authenticator(n)
        pad = hashlib.md5(self.secret + authenticator).digest()
        hidden = bytes(a ^ b for a, b in zip(password.ljust(16, b"\0"), pad))
        fields = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in (
            (1, user), (2, hidden), (32, b"load"), (5, struct.pack("!I", n))))
        data = struct.pack("!BBH", 1, n & 0xFF, 20 + len(fields)) + authenticator + fields
        return data, data[1:2]

    def read(self, data):
        return data[1:2]

    def right(self, n, data):
        signed = hashlib.md5(data[:4] + self.authenticator(n) + data[20:] + self.secret).digest()
        return data[0] == (2 if n % 3 else 3) and signed == data[4:20]


class Ntp(Kind):
    """Clients' queries; an answer repeats the time that the client wrote."""

    def ask(self, n):
        data = struct.pack("!B39xQ", 4 << 3 | 3, n)
        return data, data[40:]

    def read(self, data):
        return data[24:32]

    def right(self, n, data):
        return len(data) == 48 and data[0] & 7 == 4 and 0 < data[1] < 16


class Stun(Kind):
    """Binding requests."""

    def ask(self, n):
        data = struct.pack("!HHI4xQ", 1, 0, 0x2112A442, n)
        return data, data[8:]

    def read(self, data):
        return data[8:20]

    def right(self, n, data):
        return data[:2] == b"\1\1" and data[4:8] == b"\x21\x12\xa4\x42"


class Text(Kind):
    """A number, to a server that answers "NUMBER of ..."."""

    def ask(self, n):
        return b"%d" % n, b"%d" % n

    def read(self, data):
        return data.split(b" ")[0]


class Load:
    def __init__(self, options):
        self.options, self.kind = options, options.kind(options)
        infos = [socket.getaddrinfo(host, options.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
                 for host in options.hosts.split(",")]
        self.family, self.servers = infos[0][0], [info[4][:2] for info in infos]
        self.sockets = [self.client(n) for n in range(options.clients)]
        self.poll = select.epoll()
        self.waiting = {}  # by client and what an answer repeats: number and server
        self.order = collections.deque()
        self.answered = [set() for _ in self.sockets]
        self.sent = 0
        self.wrong = collections.Counter()
        for client in self.sockets:
            self.poll.register(client, select.EPOLLIN)
        self.by_number = {client.fileno(): n for n, client in enumerate(self.sockets)}

    def client(self, n):
        client = socket.socket(self.family, socket.SOCK_DGRAM)
        client.setblocking(False)
        if self.options.network:
            client.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
            client.bind((str(ipaddress.ip_network(self.options.network)[n + 1]), 0))
        return client

    def send(self):
        n, client = self.sent, self.sent % len(self.sockets)
        server = self.servers[(n // len(self.sockets) + client) % len(self.servers)]
        data, repeated = self.kind.ask(n)
        try:
            self.sockets[client].sendto(data, server)
        except OSError as error:
            self.count(f"not sent ({error.strerror})")
        else:
            self.answered[client].discard(repeated)
            self.waiting[client, repeated] = n, server
            self.order.append((time.monotonic() + self.options.wait, (client, repeated), n))
        self.sent += 1

    def count(self, how):
        self.wrong[how] += 1

    def receive(self, client):
        try:
            data, peer = self.sockets[client].recvfrom(65535)
        except BlockingIOError:
            return False
        except OSError as error: # the port is unreachable, say
            self.count(f"error ({error.strerror})")
            return True
        repeated = self.kind.read(data)
        asked = self.waiting.pop((client, repeated), None)
        if asked is None:
            self.count("twice" if repeated in self.answered[client] else "never asked for")
            return True
        n, server = asked
        self.answered[client].add(repeated)
        if peer[:2] != server:
            self.count("from elsewhere")
            if self.wrong["from elsewhere"] <= 3:
                print(f"udp-load: asked {server}, answered by {peer[:2]}", file=sys.stderr)
        elif not self.kind.right(n, data):
            self.count("other content")
            if self.wrong["other content"] <= 3:
                print(f"udp-load: query {n}: {data!r}", file=sys.stderr)
        return True

    def receive_all(self, client):
        while self.receive(client):
            pass

    def give_up(self):
        now = time.monotonic()
        while self.order and (self.order[0][0] <= now or not self.is_waiting(*self.order[0][1:])):
            _, key, n = self.order.popleft()
            if self.is_waiting(key, n):
                del self.waiting[key]
                self.count("missing")

    def is_waiting(self, key, n):
        return key in self.waiting and self.waiting[key][0] == n

    def run(self):
        while self.sent < self.options.queries or self.waiting:
            while self.sent < self.options.queries and len(self.waiting) < self.options.window:
                self.send()
            for number, _ in self.poll.poll(1):
                self.receive_all(self.by_number[number])
            self.give_up()
        for client in range(len(self.sockets)):  # what came besides
            self.receive_all(client)
        how = ", ".join(f"{count} {what}" for what, count in self.wrong.items())
        print(f"{self.sent} asked, {self.wrong.total()} wrong{how and ': ' + how}")
        return self.wrong.total()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    kinds = {"dns": Dns, "radius": Radius, "ntp": Ntp, "stun": Stun, "text": Text}
    parser.add_argument("--as", dest="kind", choices=kinds, required=True)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--network", default="")
    parser.add_argument("--queries", type=int, default=10000)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("--secret", default="")
    parser.add_argument("hosts")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    options.kind = kinds[options.kind]
    sys.exit(1 if Load(options).run() else 0)


main()
