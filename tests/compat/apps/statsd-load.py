# SPDX-License-Identifier: MIT
"""statsd-load.py [OPTION...] HOST PORT ADMIN-PORT: counts much by statsd, and reads it.

Each datagram counts one of 100 names up. They go out in batches, each of which must be in
what the server tells at ADMIN-PORT ("counters") before the next, since nothing else keeps
a sender from filling the server's buffer.

  --network NET    each client has an address of its own, from this network, which a
                   route makes local here ("ip route add local NET dev lo")
  --clients N      so many sockets (default: 200)
  --queries N      so many datagrams in all (default: 10000)
  --batch N        so many at once (default: 100)
  --wait SECONDS   what is not counted by then is missing (default: 20)
  --once NAME      counts NAME up once instead, and prints nothing

Prints "N asked, W wrong". Exit status: 0 if none is wrong.
"""
import argparse
import ipaddress
import re
import socket
import sys
import time

IP_FREEBIND = 15


def counters(options, prefix):
    """What the server has counted of names that begin with this one."""
    with socket.create_connection((options.host, options.admin), timeout=20) as admin:
        admin.sendall(b"counters\n")
        told = b""
        while b"END\n" not in told:
            part = admin.recv(65536)
            if not part:
                break
            told += part
    found = re.findall(rf"['\"]?({re.escape(prefix)}[^'\":\s]*)['\"]?: (\d+)", told.decode())
    return {name: int(count) for name, count in found}


def wait_for(options, prefix, wanted):
    """How many counts are wrong, at last."""
    end = time.monotonic() + options.wait
    while True:
        told = counters(options, prefix)
        wrong = sum(abs(told.get(name, 0) - count) for name, count in wanted.items())
        if not wrong or time.monotonic() > end:
            return wrong
        time.sleep(0.005)


def client(options, family, n):
    made = socket.socket(family, socket.SOCK_DGRAM)
    if options.network:
        made.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        made.bind((str(ipaddress.ip_network(options.network)[n + 1]), 0))
    return made


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--network", default="")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--queries", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--wait", type=float, default=20)
    parser.add_argument("--once", default="")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("admin", type=int)
    options = parser.parse_args()
    info = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    if options.once:
        client(options, info[0], 0).sendto(f"{options.once}:1|c".encode(), info[4])
        sys.exit(1 if wait_for(options, options.once, {options.once: 1}) else 0)
    clients = [client(options, info[0], n) for n in range(options.clients)]
    prefix = "load6." if ":" in options.host else "load4."
    wanted, wrong = {}, 0
    for n in range(options.queries):
        name = f"{prefix}{n % 100}"
        clients[n % len(clients)].sendto(f"{name}:1|c".encode(), info[4])
        wanted[name] = wanted.get(name, 0) + 1
        if (n + 1) % options.batch == 0 or n + 1 == options.queries:
            wrong = wait_for(options, prefix, wanted)
            if wrong:
                break
    print(f"{n + 1} asked, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
