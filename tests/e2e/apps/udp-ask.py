# SPDX-License-Identifier: MIT
"""udp-ask.py [OPTION...] HOST PORT [TEXT]: asks a UDP server, prints its answer.

  --as KIND        what is sent: text (default), hex, dns, memcached, ntp, tftp
                   (below)
  --from ADDRESS   the source address;  --from-port N  the source port
  --many N         N queries one after another; prints how many were answered
  --throng N       N queries at once, likewise
  --expect REGEX   only an answer that matches counts
  --tries N        sends again when nothing comes, N times in all (default: 1)
  --wait SECONDS   for an answer, each time (default: 20)
  --refused        prints nothing; succeeds if the port is unreachable

Each query has a socket, and so a source port, of its own until the program
ends. In TEXT and REGEX "{n}" is the query's number. An answer counts only if
it comes from the very address and port that was asked (tftp: another port),
and if it is one to this query as far as the protocol tells.
Exit status: 0 answered, 1 no answer or a wrong one, 2 usage, 3 refused.
"""
import argparse
import errno
import re
import select
import socket
import struct
import sys
import time

IP_RECVERR, IPV6_RECVERR = 11, 25


MORE = object()  # to come, before there is an answer


class Text:
    """TEXT as it is, and any answer."""

    any_port = False  # must the answer come from the port that was asked?

    def __init__(self, n):
        self.n = n

    def ask(self, text):
        return text.encode()

    def read(self, data):
        """The answer; MORE; or None for what is not an answer to this query."""
        return data.decode(errors="backslashreplace")

    def thank(self):
        """What the server wants to hear when it has answered."""
        return None


class Hex(Text):
    """TEXT and the answer: bytes in hexadecimal."""

    def ask(self, text):
        return bytes.fromhex(text)

    def read(self, data):
        return data.hex()


class Dns(Text):
    """TEXT: NAME. The answer: its IPv4 addresses, or the response code."""

    def ask(self, text):
        labels = b"".join(bytes([len(x)]) + x.encode() for x in text.strip(".").split("."))
        return struct.pack("!6H", self.n, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"

    def name_end(self, data, at):
        while data[at]:
            if data[at] >= 0xC0:
                return at + 2
            at += 1 + data[at]
        return at + 1

    def read(self, data):
        number, flags, questions, answers = struct.unpack("!4H", data[:8])
        if number != self.n or not flags & 0x8000:
            return None
        if flags & 15:
            return {2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}.get(flags & 15, f"rcode {flags & 15}")
        at, found = 12, []
        for _ in range(questions):
            at = self.name_end(data, at) + 4
        for _ in range(answers):
            at = self.name_end(data, at)
            kind, length = struct.unpack("!H6xH", data[at:at + 10])
            if kind == 1:
                found.append(socket.inet_ntoa(data[at + 10:at + 14]))
            at += 10 + length
        return "\n".join(found)


class Memcached(Text):
    """TEXT: a command, with a header of 8 bytes before it as before each
    datagram of the answer."""

    def __init__(self, n):
        self.n, self.parts = n, {}

    def ask(self, text):
        return struct.pack("!4H", self.n, 0, 1, 0) + text.replace("\n", "\r\n").encode() + b"\r\n"

    def read(self, data):
        number, index, of, _ = struct.unpack("!4H", data[:8])
        if number != self.n or index >= of:
            return None
        self.parts[index] = data[8:].decode()
        if len(self.parts) < of:
            return MORE
        return "".join(self.parts[i] for i in range(of)).replace("\r\n", "\n").rstrip("\n")


class Ntp(Text):
    """A client's query. The answer: "stratum N"."""

    def ask(self, text):
        return struct.pack("!B39xQ", 4 << 3 | 3, self.n)

    def read(self, data):
        mode, stratum, origin = struct.unpack("!BB22xQ", data[:32])
        return f"stratum {stratum}" if mode & 7 == 4 and origin == self.n else None


class Tftp(Text):
    """TEXT: the name of a file of less than 512 bytes. The answer: the file."""

    any_port = True

    def ask(self, text):
        return b"\0\1" + text.encode() + b"\0octet\0"

    def read(self, data):
        return data[4:].decode() if data[:4] == b"\0\3\0\1" else None

    def thank(self):
        return b"\0\4\0\1"


class Query:
    def __init__(self, options, n):
        self.options, self.n, self.answer, self.kind = options, n, None, options.kind(n)
        info = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
        family, kind, protocol, _, self.server = info[0]
        self.socket = socket.socket(family, kind, protocol)
        self.socket.setblocking(False)
        # An unconnected socket, to see from where an answer comes. With this
        # it hears of an unreachable port nevertheless.
        if family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        else:
            self.socket.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        if options.source or options.source_port:
            self.socket.bind((options.source, options.source_port))

    def send(self):
        text = self.options.text.replace("{n}", str(self.n))
        self.socket.sendto(self.kind.ask(text), self.server)

    def receive(self):
        """True when there is nothing more to wait for."""
        data, peer = self.socket.recvfrom(65535)
        asked = 1 if self.kind.any_port else 2  # of address and port
        if peer[:asked] != self.server[:asked]:
            print(f"udp-ask: asked {self.server[:2]}, answered by {peer[:2]}", file=sys.stderr)
            return False
        answer = self.kind.read(data)
        if answer is MORE:
            return False
        if answer is None or not re.search(self.options.expect.replace("{n}", str(self.n)), answer):
            print(f"udp-ask: query {self.n}: unexpected answer {data!r}", file=sys.stderr)
            return False
        if self.kind.thank():
            self.socket.sendto(self.kind.thank(), peer)
        self.answer = answer
        return True


def run(queries, seconds):
    """Sends all, then waits until all are answered or the time is over."""
    for query in queries:
        query.send()
    waiting = {query.socket: query for query in queries}
    poll = select.poll()
    by_number = {s.fileno(): s for s in waiting}
    for s in waiting:
        poll.register(s, select.POLLIN)
    end = time.monotonic() + seconds
    while waiting and (left := end - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            s = by_number[number]
            if waiting[s].receive():
                poll.unregister(s)
                del waiting[s]


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    kinds = {"text": Text, "hex": Hex, "dns": Dns, "memcached": Memcached, "ntp": Ntp, "tftp": Tftp}
    parser.add_argument("--as", dest="kind", choices=kinds, default="text")
    parser.add_argument("--from", dest="source", default="")
    parser.add_argument("--from-port", dest="source_port", type=int, default=0)
    parser.add_argument("--many", type=int)
    parser.add_argument("--throng", type=int)
    parser.add_argument("--expect", default="")
    parser.add_argument("--tries", type=int, default=1)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("--refused", action="store_true")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("text", nargs="?", default="who {n}")
    options = parser.parse_args()
    options.kind = kinds[options.kind]
    return options


def is_refused(error):
    return error.errno == errno.ECONNREFUSED


def one(options):
    query = Query(options, 1)
    for _ in range(options.tries):
        run([query], options.wait)
        if query.answer is not None:
            break
    if options.refused:
        sys.exit("udp-ask: not refused")
    if query.answer is None:
        sys.exit(f"udp-ask: no answer from {options.host} {options.port}")
    print(query.answer)


def several(options):
    queries = [Query(options, n + 1) for n in range(options.many or options.throng)]
    for batch in [[query] for query in queries] if options.many else [queries]:
        run(batch, options.wait)
        if options.many and batch[0].answer is None:
            print(f"udp-ask: no answer to query {batch[0].n}", file=sys.stderr)
            break
    print(sum(query.answer is not None for query in queries))


def main():
    options = arguments()
    try:
        (several if options.many or options.throng else one)(options)
    except OSError as error:
        if options.refused and is_refused(error):
            return
        print(f"udp-ask: {options.host} {options.port}: {error}", file=sys.stderr)
        sys.exit(3 if is_refused(error) else 1)


main()
