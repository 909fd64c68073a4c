#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server that changes its user while it sets up its sockets, in every order.

change-user.py KIND IPV4 IPV6   each order in a process of its own, started by root:
                                a line each of what its calls did, and who is answered
                                that asks at these addresses of this host
change-user.py KIND PORT KEPT STEP...
                                one of them; KEPT: its sockets outlive exec(3)

KIND is tcp or udp, with "+addr" or "+port" for SO_REUSEADDR or SO_REUSEPORT on all sockets. A
step is s4, b4, l4 (socket, bind, listen for 0.0.0.0), p4 (bind at a port that the kernel
chooses), o4 (bind to 127.0.0.1), s6, b6, l6 (for ::, IPv6 only), w4 (a thread waits for a
datagram there), D (the user changes)."""

import errno
import itertools
import os
import socket
import subprocess
import sys
import threading
import time

NOBODY = 65534


def ask(stream, host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as asker:
        asker.settimeout(5)
        try:
            asker.connect((host, port))
            asker.send(b"?")
            return asker.recv(99).decode()
        except OSError as error:
            return "refused" if error.errno == errno.ECONNREFUSED else str(error)


def serve(stream, name, own):
    while True:
        try:
            if stream:
                connection, peer = own.accept()
                connection.sendall(f"{name} {len(peer)}".encode())
                connection.close()
            else:
                _, peer = own.recvfrom(99)
                own.sendto(f"{name} {len(peer)}".encode(), peer)
        except OSError as error:
            print(f"{name} {error}", flush=True)
            time.sleep(0.1)


def sleeps(thread):
    with open(f"/proc/self/task/{thread.native_id}/wchan") as function:
        return "wait_for_more_packets" in function.read()


def one(kind, port, kept, *steps):
    stream, option = kind.startswith("tcp"), kind.partition("+")[2]
    own, done, serving = {}, [], {}
    for step in steps:
        what, name = step[0], step[1:]
        try:
            if what == "s":
                new = own[name] = socket.socket(
                    socket.AF_INET if name == "4" else socket.AF_INET6,
                    socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
                new.set_inheritable(kept == "kept")
                if option:
                    new.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_REUSE" + option.upper()), 1)
                if name == "6":
                    new.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            elif what in "bpo":
                host = "127.0.0.1" if what == "o" else "0.0.0.0" if name == "4" else "::"
                own[name].bind((host, 0 if what == "p" else int(port)))
            elif what == "l":
                own[name].listen()
            elif what == "w":
                waiter = threading.Thread(target=serve, args=(stream, name, own[name]), daemon=True)
                waiter.start()
                serving[name] = waiter
            else:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            # A change of the user wakes each thread too.
            while not all(sleeps(waiter) for waiter in serving.values()):
                time.sleep(0.001)
            done.append("ok")
        except OSError as error:
            done.append(errno.errorcode[error.errno])
    # What a swap sets for a moment is as the program set it.
    for name in own:
        for what in "ADDR", "PORT":
            done.append(f"{what}{name}={own[name].getsockopt(socket.SOL_SOCKET, getattr(socket, 'SO_REUSE' + what))}")
    print(own["4"].getsockname()[1], *done, flush=True)
    for name in own:
        if name not in serving:
            threading.Thread(target=serve, args=(stream, name, own[name]), daemon=True).start()
    sys.stdin.read()


def orders(stream):
    """The order of the calls, the user's change anywhere, the sockets made at once or late."""
    alone = [["b4"], ["p4"], ["o4"]]
    calls = [["b4", "b6"], ["b6", "b4"], ["o4", "b6"], ["b6", "o4"]]
    if stream:
        alone = [[bind, "l4"] for (bind,) in alone]
        both = ["b4", "l4", "b6", "l6"]
        calls = [list(order) for order in itertools.permutations(both)
                 if order.index("b4") < order.index("l4") and order.index("b6") < order.index("l6")]
        calls += [["o4", "l4", "b6", "l6"], ["b6", "l6", "o4", "l4"]]
    else:
        calls += [["b4", "w4", "b6"]]
    for order in alone + calls:
        for late in False, True:
            steps = []
            for step in order:
                if late and "s" + step[1] not in steps:
                    steps.append("s" + step[1])
                steps.append(step)
            if not late:
                steps = sorted({"s" + step[1] for step in order}) + steps
            for place in range(len(steps) + 1):
                yield steps[:place] + ["D"] + steps[place:]


def all_of_them(kind, *hosts):
    stream = kind.startswith("tcp")
    seen = set()
    for number, steps in enumerate(orders(stream)):
        if tuple(steps) in seen:
            continue
        seen.add(tuple(steps))
        # What another user has made may be the parent's, unless it is closed on exec or ours.
        ours = steps.index("D") < steps.index("s4") or {"b4", "o4"} & set(steps[:steps.index("D")])
        kept = "kept" if number % 2 and ours else "closed"
        server = subprocess.Popen(
            [sys.executable, "-IS", __file__, kind, str(10000 + number), kept, *steps],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port, *done = server.stdout.readline().split()
        print(*steps, "|", *done, "|", *(ask(stream, host, int(port)) for host in hosts), flush=True)
        server.kill()
        server.communicate()


if len(sys.argv) > 4:
    one(*sys.argv[1:])
else:
    all_of_them(*sys.argv[1:])
