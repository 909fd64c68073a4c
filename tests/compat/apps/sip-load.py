# SPDX-License-Identifier: MIT
"""sip-load.py KIND HOST PORT N: asks a SIP server over UDP N times, 16 at once.

  KIND     options    N clients ask what it can do
           register   N users register at addresses of their own
           echo       N callers call "echo", send 50 RTP packets each, and expect them back
           calls      N callers call one another through the server, which knows them by "register"

Prints "N asked, W wrong": wrong is an answer that does not come in 20 seconds, comes from another
address or port than was asked, or says other than it must; of a call also each RTP packet that is
missing or has another content. The address in the server's SDP is its own configuration, and the
first one that it tells is printed; packets go to HOST. Exit status: 0 if none is wrong.
"""
import asyncio
import os
import re
import socket
import struct
import sys

WAIT, PACKETS = 20, 50


class Wrong(Exception):
    pass


class Inbox(asyncio.DatagramProtocol):
    def __init__(self):
        self.arrived = asyncio.Queue()

    def datagram_received(self, data, peer):
        self.arrived.put_nowait((data, peer[:2]))


class Socket:
    """A socket with a port of its own, that hears the server alone."""

    async def open(self, host, port):
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((host, port))
            own = probe.getsockname()[0]
        self.transport, self.inbox = await loop.create_datagram_endpoint(Inbox, local_addr=(own, 0))
        self.server, self.port = (host, port), self.transport.get_extra_info("sockname")[1]
        self.own = f"[{own}]" if ":" in own else own
        return self

    def send(self, data, port=None):
        self.transport.sendto(data, (self.server[0], port or self.server[1]))

    async def receive(self, port=None):
        data, peer = await asyncio.wait_for(self.inbox.arrived.get(), WAIT)
        if peer != (self.server[0], port or self.server[1]):
            raise Wrong(f"asked {self.server}, answered by {peer}")
        return data


class Phone(Socket):
    def __init__(self, user):
        self.user, self.call, self.tag, self.number = user, os.urandom(8).hex(), os.urandom(4).hex(), 0

    def there(self, user=""):
        host, port = self.server
        return f"sip:{user}{'@' if user else ''}{f'[{host}]' if ':' in host else host}:{port}"

    def contact(self):
        return f"<sip:{self.user}@{self.own}:{self.port}>"

    def ask(self, method, to, headers="", body="", uri=None):
        if method != "ACK":
            self.number += 1
        self.branch = f"z9hG4bK{os.urandom(8).hex()}"
        self.send((
            f"{method} {uri or self.there(to)} SIP/2.0\r\nVia: SIP/2.0/UDP {self.own}:{self.port};rport;branch={self.branch}\r\n"
            f"From: <{self.there(self.user)}>;tag={self.tag}\r\nTo: <{self.there(to)}>{self.to_tag}\r\nCall-ID: {self.call}\r\n"
            f"CSeq: {self.number} {method}\r\nContact: {self.contact()}\r\nMax-Forwards: 70\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode())

    to_tag = ""

    async def answer(self, status="200"):
        """The final one to the last request."""
        while True:
            text = (await self.receive()).decode()
            if self.call not in text or not text.startswith("SIP/2.0 "):
                raise Wrong(f"no answer to this request: {text}")
            if self.branch in text and text[8] != "1":  # not one to an earlier request, once more
                break
        if text[8:11] != status:
            raise Wrong(text)
        return text

    def close(self):
        self.transport.close()


def header(text, name):
    return re.findall(rf"^{name}: *(.*?)\r$", text, re.M | re.I)


def sdp(phone, port):
    family = "IP6" if ":" in phone.own else "IP4"
    own = phone.own.strip("[]")
    return (f"v=0\r\no=- 1 1 IN {family} {own}\r\ns=-\r\nc=IN {family} {own}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")


async def options(host, port, n):
    phone = await Phone(f"u{n}").open(host, port)
    phone.ask("OPTIONS", "")
    await phone.answer()
    phone.close()


async def register(host, port, n):
    phone = await Phone(f"u{n}").open(host, port)
    phone.ask("REGISTER", f"u{n}", "Expires: 600\r\n")
    if f"sip:u{n}@" not in "".join(header(await phone.answer(), "Contact")):
        raise Wrong("the registration does not tell its contact")
    phone.close()


TOLD = set()


async def media(host, port, n, rtp):
    """50 packets of 20 ms, without waiting so long, six under way; returns how many are wrong."""
    sent = {}
    for k in range(PACKETS):
        sent[struct.pack("!II", n, k) + os.urandom(152)] = k
    waiting, missing = list(sent), set(sent)
    end = asyncio.get_running_loop().time() + WAIT
    while missing and asyncio.get_running_loop().time() < end:
        if waiting:
            payload = waiting.pop(0)
            rtp.send(struct.pack("!BBHII", 0x80, 0, sent[payload], 160 * sent[payload], n) + payload, port)
        try:
            data, peer = await asyncio.wait_for(rtp.inbox.arrived.get(), 0.02)
        except asyncio.TimeoutError:
            continue
        if data[1] & 0x7F == 0 and peer == (host, port):
            missing.discard(data[12:])
    return len(missing)


async def echo(host, port, n):
    phone, rtp = await Phone(f"u{n}").open(host, port), await Socket().open(host, port)
    phone.ask("INVITE", "echo", "Content-Type: application/sdp\r\n", sdp(phone, rtp.port))
    text = await phone.answer()
    TOLD.add(re.search(r"^c=IN (.*?)\r$", text, re.M)[1])
    there = int(re.search(r"^m=audio (\d+)", text, re.M)[1])
    phone.to_tag = re.search(r"^To:.*(;tag=.*?)\r$", text, re.M)[1]
    phone.ask("ACK", "echo")
    missing = await media(host, there, n, rtp)
    phone.ask("BYE", "echo")
    await phone.answer()
    phone.close()
    rtp.transport.close()
    if missing:
        raise Wrong(f"{missing} of {PACKETS} packets did not come back")


async def serve_call(phone):
    """The one that is called: rings, answers, and hears that it is over."""
    while True:
        text = (await phone.receive()).decode()
        method = text.split(" ")[0]
        if method in ("INVITE", "BYE"):
            copied = "".join(f"{name}: {value}\r\n" for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq")
                             for value in header(text, name))
            to = header(text, "To")[0]
            to += "" if "tag=" in to else f";tag={phone.tag}"
            phone.send(f"SIP/2.0 200 OK\r\n{copied}To: {to}\r\nContact: {phone.contact()}\r\nContent-Length: 0\r\n\r\n".encode())
        if method == "BYE":
            return


async def calls(host, port, n):
    called = await Phone(f"called{n}").open(host, port)
    called.ask("REGISTER", called.user, "Expires: 600\r\n")
    await called.answer()
    serving = asyncio.create_task(serve_call(called))
    phone = await Phone(f"u{n}").open(host, port)
    phone.ask("INVITE", called.user)
    text = await phone.answer()
    routes = "".join(f"Route: {route}\r\n" for route in reversed(header(text, "Record-Route")))
    phone.to_tag = re.search(r"^To:.*(;tag=.*?)\r$", text, re.M)[1]
    uri = re.search("<(.*)>", header(text, "Contact")[0])[1]
    phone.ask("ACK", called.user, routes, uri=uri)
    phone.ask("BYE", called.user, routes, uri=uri)
    await phone.answer()
    await serving
    phone.close()
    called.close()


async def main(kind, host, port, number):
    wrong, gate = 0, asyncio.Semaphore(16)

    async def one(n):
        nonlocal wrong
        async with gate:
            try:
                await {"options": options, "register": register, "echo": echo, "calls": calls}[kind](host, port, n)
            except (Wrong, asyncio.TimeoutError, OSError, TypeError, IndexError) as error:
                wrong += 1
                print(f"{kind} {n}: {error!r}", file=sys.stderr)

    await asyncio.gather(*(one(n) for n in range(number)))
    for address in sorted(TOLD):
        print(f"SDP tells {address}")
    print(f"{kind}: {number} asked, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
