# SPDX-License-Identifier: MIT
"""sip-options.py HOST PORT: asks a SIP server over UDP and over TCP what it can do.

Succeeds if each answer is one to this very request, has a status, and comes
from the address and port that were asked.
"""
import os
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
KINDS = {"UDP": socket.SOCK_DGRAM, "TCP": socket.SOCK_STREAM}
for name in os.environ.get("SIP_OVER", "UDP").split():
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=KINDS[name])[0]
    with socket.socket(family, kind) as sip:
        sip.settimeout(3)
        sip.connect(address)  # a datagram from elsewhere is not received
        own = sip.getsockname()
        at = f"[{own[0]}]:{own[1]}" if family == socket.AF_INET6 else f"{own[0]}:{own[1]}"
        call = os.urandom(8).hex()
        there = f"[{host}]" if ":" in host else host
        sip.send(
            f"OPTIONS sip:{there}:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/{name} {at};rport;branch=z9hG4bK{call}\r\n"
            f"From: <sip:me@{at}>;tag={call}\r\nTo: <sip:{there}>\r\nCall-ID: {call}\r\nCSeq: 1 OPTIONS\r\n"
            f"Contact: <sip:me@{at}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n".encode()
        )
        answer = sip.recv(4000).decode()
        if not answer.startswith("SIP/2.0 ") or call not in answer:
            sys.exit(f"{name}: {answer}")
        print(answer)
