# SPDX-License-Identifier: MIT
"""A program that meets a stranger: a process, not shimmed, that holds its port.

Prints what the program's calls return, who gets the connections, and whether
the stranger can come back after a restart. Usage: dual-stranger.py PORT [widened]
widened: a rule says that the program's :: is to serve IPv4 too, so what it
serves is not told.
"""
import importlib
import itertools
import json
import select
import socket
import struct
import subprocess
import sys

sockets = importlib.import_module("dual-sockets")

OPTIONS = {"none": [], "reuseaddr": [socket.SO_REUSEADDR], "reuseport": [socket.SO_REUSEPORT]}
# name: address, V6ONLY
HELD = {":: only": ("::", True), ":: dual": ("::", False), "::1": ("::1", True),
        "0.0.0.0": ("0.0.0.0", True), "127.0.0.1": ("127.0.0.1", True)}
WANTED = {"0.0.0.0": ("0.0.0.0", True), ":: only": ("::", True), ":: dual": ("::", False)}
PROBES = 8  # enough to see that a group shares them


def be_a_stranger():
    """Holds what it is told to, one line of JSON each; {} releases it."""
    held = None
    for line in sys.stdin:
        order = json.loads(line)
        result = "ok"
        if "address" in order:
            held = sockets.fresh(order["address"], order["only"], order["options"])
            result = sockets.outcome(held.bind, (order["address"], order["port"]))
            if order["listens"] and result == "ok":
                result = sockets.outcome(held.listen)
        elif "accept" in order:
            result = bool(select.select([held], [], [], 0.2)[0])
            if result:
                held.accept()[0].close()
        else:
            held.close()
        print(result, flush=True)


class Stranger:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__, "stranger"], text=True, env=sockets.BARE,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def order(self, **order):
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()


def reset(client):
    """Closes without TIME_WAIT, which would be in the way of the next case."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def who_answers(stranger, own, host, port):
    """The set of those who get a connection: own, stranger, nobody."""
    answers = set()
    for _ in range(PROBES):
        client = sockets.fresh(host, False, [])
        if sockets.outcome(client.connect, (host, port)) != "ok":
            answers.add("nobody")
            client.close()
        elif own is not None and select.select([own], [], [], 0)[0]:
            answers.add("own")
            connection = own.accept()[0]
            reset(client)
            connection.close()
        else:
            reset(client)
            answers.add("stranger" if stranger.order(accept=True) == "True" else "somebody")
    return " and ".join(sorted(answers))


def meet(stranger, held, wanted, options, told):
    """Returns what there is to tell, as lines."""
    address, only = WANTED[wanted]
    port, hosts = held["port"], ["127.0.0.1", "::1"] if ":" in held["address"] else ["127.0.0.1"]
    own = sockets.fresh(address, only, OPTIONS[options])
    lines = [f"bind {sockets.outcome(own.bind, (address, port))}"]
    if lines[0] == "bind ok":
        lines.append(f"listen {sockets.outcome(own.listen)}")
        lines += [sockets.state(own)] if told else []
    serves = "listen ok" in lines
    if not serves:
        own.close()
    if held["listens"]:
        for host in hosts if told else []:
            lines.append(f"{host}: {who_answers(stranger, own if serves else None, host, port)}")
        stranger.order()
        lines.append(f"the stranger comes back: {stranger.order(**held)}")
    own.close()
    return lines


def meet_as_a_group(stranger, held, theirs, port):
    """Where one SO_REUSEPORT socket is bound the kernel looks less closely."""
    address, only = HELD[held]
    order = {"address": address, "only": only, "options": OPTIONS[theirs], "port": port, "listens": True}
    stranger.order(**order)
    group = [sockets.fresh("0.0.0.0", True, OPTIONS["reuseport"]) for _ in range(3)]
    for member in group:
        member.bind(("0.0.0.0", port))
    for member in group:
        member.listen()
    stranger.order()
    print(f"{held} {theirs}, a group: the stranger comes back: {stranger.order(**order)}")
    stranger.order()
    for member in group:
        member.close()


def main(port, widened):
    stranger = Stranger()
    for held, theirs, listens, wanted, ours in itertools.product(
            HELD, OPTIONS, (True, False), WANTED, OPTIONS):
        address, only = HELD[held]
        order = {"address": address, "only": only, "options": OPTIONS[theirs], "port": port, "listens": listens}
        stranger.order(**order)
        name = f"{held} {theirs} {'listening' if listens else 'bound'}, own {wanted} {ours}"
        # A group of one user has agreed to share.
        shared = theirs == ours == "reuseport"
        for line in meet(stranger, order, wanted, ours, not shared and not (widened and wanted == ":: only")):
            print(f"{name}: {line}".replace(str(port), "P"))
        stranger.order()
    for held, theirs in itertools.product((":: only", "::1"), ("none", "reuseaddr")):
        meet_as_a_group(stranger, held, theirs, port)


if sys.argv[1] == "stranger":
    be_a_stranger()
else:
    main(int(sys.argv[1]), "widened" in sys.argv)
