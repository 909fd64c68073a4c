#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What binds cost a program, natively and with the library, and a static one under the supervisor: the processor
time of so many, in milliseconds, and the most that it may be (docs/decisions/0013-walk-through-descriptors.md).

exit status: 0 all is within its bar; 1 something is not, or not all were converted."""
import os
import resource
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PROGRAM = os.path.join(ROOT, "build/tests/process/snippets/binds")
STATIC = PROGRAM + "-static"
SUPERVISE = os.path.join(ROOT, "build/dualbind") + " run --mode supervise -- "
LIBRARY = os.path.join(ROOT, "build/libdualbind.so")
# Words of the program, the bar in milliseconds, and how many are AF_INET6 in the end.
ROWS = [
    ("tcp 1000", 350, 1000), ("tcp 1000 reuse", 350, 1000), ("tcp 1000 group", 350, 1000),
    ("udp 1000", 350, 1000), ("udp 1000 reuse", 350, 1000), ("udp 1000 group", 350, 1000),
    ("tcp 1000 ipv6", 350, 1000), ("udp 1000 ipv6", 350, 1000), ("tcp 1000 ipv6 reuse", 350, 1000),
    ("tcp 4000", 2500, 4000), ("tcp 4000 reuse", 2500, 4000), ("udp 4000", 2500, 4000),
    ("udp 4000 reuse", 2500, 4000), ("udp 4000 ipv6", 2500, 4000),
    ("udp-one 400 group", 300, 400), ("udp-one 400 reuse", 300, 400), ("tcp-one 400 group", 300, 400),
    ("tcp 1 connections=19000", 25, 1), ("udp 1 connections=19000", 25, 1), ("tcp 1 eventfds=19000", 25, 1),
    ("tcp 1 epolls=19000", 210, 1), ("tcp-yield 1 hosts=500", 15, 0), ("udp-yield 1 hosts=500", 15, 0),
    ("tcp-any 1 hosts=500", 15, 1),
]
SUPERVISED = [
    ("tcp-listen 1000", 2000, 1000), ("tcp-listen 1000 reuse", 2000, 1000), ("tcp-listen 400 threads", 500, 400),
    ("tcp-listen 1000 threads", 2000, 1000), ("tcp-yield 100 threads", 1000, 0),
]


def run(command, words, **environment):
    command = ["unshare", "--net", "sh", "-c", "ip link set lo up && exec " + command + " " + words]
    out = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, text=True)
    microseconds, ipv6 = out.stdout.split()
    return int(microseconds) / 1000, int(ipv6)


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def supervised(words):
    """The supervisor's time as well, and that of its start."""
    before = used()
    _, ipv6 = run(SUPERVISE + STATIC, words, DUALBIND_ALLOW="*/any", DUALBIND_LOG="error")
    return used() - before, ipv6


def report(words, native, measured, bar, expected):
    ours, ipv6 = min(measured() for _ in range(3))
    good = ours <= bar and ipv6 == expected
    print(f"{words:28} {native:9.2f} {ours:9.2f} {bar:6} {'' if good else f'! ({ipv6} of {expected})'}", flush=True)
    return good


def main():
    good = []
    print(f"{'':28} {'natively':>9} {'with it':>9} {'bar':>6}")
    for words, bar, expected in ROWS:
        preload = {"BINDS_LIBRARY" if "hosts=" in words else "LD_PRELOAD": LIBRARY}
        good.append(report(words, run(PROGRAM, words)[0],
                           lambda w=words, p=preload: run(PROGRAM, w, DUALBIND_ALLOW="*/any", **p), bar, expected))
    print("\nunder the supervisor, with its own time")
    for words, bar, expected in SUPERVISED:
        good.append(report(words, run(STATIC, words)[0], lambda w=words: supervised(w), bar, expected))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
