# SPDX-License-Identifier: MIT
"""A program that serves both families by itself, in every way there is.

Prints what each of its calls returns, what its sockets look like to it and to
the kernel, and which of them gets a connection. The port, which may be chosen
by the kernel, is printed as P. Usage: dual-matrix.py PORT
"""
import importlib
import itertools
import os
import select
import socket
import struct
import sys

sockets = importlib.import_module("dual-sockets")

OPTIONS = {
    "none": [],
    "reuseaddr": [socket.SO_REUSEADDR],
    "reuseport": [socket.SO_REUSEPORT],
    "both": [socket.SO_REUSEADDR, socket.SO_REUSEPORT],
}
FIXED = int(sys.argv[1])


def reset(client):
    """Closes without TIME_WAIT, which would be in the way of the next case."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


class Program:
    """One case: its sockets, by name, and what happened."""

    def __init__(self, name, port, only=True, options=()):
        self.name, self.port, self.only, self.options = name, port, only, options
        self.open, self.lines = {}, []

    def bind(self, name, address):
        sock = sockets.fresh(address, self.only, self.options)
        result = sockets.outcome(sock.bind, (address, self.port))
        self.lines.append(f"bind {name} {result}")
        if result == "ok":
            self.open[name] = sock
            self.port = sock.getsockname()[1]
            self.lines.append(f"  {sock.getsockname()}")
        else:
            sock.close()

    def listen(self, name):
        if name in self.open:
            self.lines.append(f"listen {name} {sockets.outcome(self.open[name].listen, 7)}")

    def serve(self, name, address):
        self.bind(name, address)
        self.listen(name)

    def close(self, name):
        if name in self.open:
            self.open.pop(name).close()

    def look(self):
        self.describe()
        for host in "127.0.0.1", "::1":
            self.probe(host)

    def describe(self):
        """Beside a specific address ours stays: so the kernel says, and V6ONLY, which comes last."""
        specific = any(sock.getsockname()[0] not in ("0.0.0.0", "::") for sock in self.open.values())
        for name, sock in self.open.items():
            state = sockets.state(sock)
            self.lines.append(f"{name} {state.rsplit(' ', 1)[0] if specific else state}")
        if not specific:
            self.lines += sockets.listeners(self.port)

    def probe(self, host):
        client = sockets.fresh(host, False, [])
        result = sockets.outcome(client.connect, (host, self.port))
        line = f"connect {host} {result}"
        if result == "ok":
            for ready in select.select(self.listening(), [], [], 2)[0]:
                connection, peer = ready.accept()
                right = peer[:2] == client.getsockname()[:2]
                who = ready.getsockname()[:1] + connection.getsockname()[:1] + peer[:1]
                line += f" accepted by {who} right peer: {right}"
                reset(client)
                connection.close()
        client.close()
        self.lines.append(line)

    def listening(self):
        return [s for s in self.open.values() if s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)]

    def finish(self):
        if len(self.listening()) > 1:  # one alone is for the shim to convert
            self.look()
        for name in list(self.open):
            self.close(name)
        for line in self.lines:
            print(f"{self.name}: {line}".replace(str(self.port), "P"))


def matrix():
    for order, options, timing, only, four, six, port in itertools.product(
            ("4 6", "6 4"), OPTIONS, ("together", "in turn"), (True, False),
            ("0.0.0.0", "127.0.0.1"), ("::", "::1"), (FIXED, 0)):
        words = order, options, timing, f"v6only={only:d}", four, six, "fixed" if port else "chosen"
        program = Program(" ".join(words), port, only, OPTIONS[options])
        address = {"4": four, "6": six}
        for name in order.split():
            (program.bind if timing == "together" else program.serve)(name, address[name])
        if timing == "together":
            for name in order.split():
                program.listen(name)
        program.finish()


def closes_its_ipv6_socket(options):
    program = Program(f"closes :: {options}", FIXED, options=OPTIONS[options])
    program.serve("4", "0.0.0.0")
    program.serve("6", "::")
    program.close("6")
    program.look()
    program.finish()


def binds_again_the_other_way_round(options):
    program = Program(f"again {options}", FIXED, options=OPTIONS[options])
    program.serve("4", "0.0.0.0")
    program.serve("6", "::")
    program.close("4")
    program.serve("4", "0.0.0.0")
    program.close("6")
    program.serve("6", "::")
    program.finish()


def group_of_two():
    program = Program("two of one SO_REUSEPORT group", FIXED, options=OPTIONS["reuseport"])
    program.serve("4a", "0.0.0.0")
    program.serve("4b", "0.0.0.0")
    program.serve("6", "::")
    program.finish()


def second_name_and_epoll():
    program = Program("dup and epoll", FIXED, options=OPTIONS["reuseaddr"])
    program.bind("4", "0.0.0.0")
    with select.epoll() as poll, program.open["4"].dup() as second:
        poll.register(second, select.EPOLLIN)
        program.listen("4")
        program.serve("6", "::")
        program.lines.append(f"second {sockets.state(second)}")
        client = socket.create_connection(("127.0.0.1", FIXED))
        program.lines.append(f"epoll {[(fd == second.fileno(), event) for fd, event in poll.poll(2)]}")
        connection = second.accept()[0]
        reset(client)
        connection.close()
    program.finish()


def resolver_list(flags):
    program = Program(f"getaddrinfo {flags:x}", FIXED, options=OPTIONS["reuseaddr"])
    found = {info[4][0] for info in socket.getaddrinfo(None, FIXED, type=socket.SOCK_STREAM, flags=flags)}
    for address in [info[4][0] for info in socket.getaddrinfo(
            None, FIXED, type=socket.SOCK_STREAM, flags=flags)]:
        program.serve("6" if ":" in address else "4", address)
    program.lines = sorted(found) + sorted(program.lines)
    program.open = dict(sorted(program.open.items()))
    program.finish()


def held_by_a_child(options, listens):
    """As a server that is reloaded: its old workers still hold the socket."""
    program = Program(f"a child holds it {options} {listens}", FIXED, options=OPTIONS[options])
    (program.serve if listens else program.bind)("4", "0.0.0.0")
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(wait, 1)
        os._exit(0)
    program.serve("6", "::")
    program.listen("4")
    program.probe("127.0.0.1")
    program.probe("::1")
    os.close(go)
    os.waitpid(child, 0)
    os.close(wait)
    program.finish()


matrix()
for chosen in OPTIONS:
    closes_its_ipv6_socket(chosen)
    binds_again_the_other_way_round(chosen)
    held_by_a_child(chosen, True)
    held_by_a_child(chosen, False)
group_of_two()
second_name_and_epoll()
resolver_list(socket.AI_PASSIVE)
resolver_list(socket.AI_PASSIVE | socket.AI_ADDRCONFIG)
