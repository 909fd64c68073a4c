# SPDX-License-Identifier: MIT
"""The benchmark: one unmodified server natively on [::], under dualbind, and
behind proxies, in one interleaved run. Runs in the node of a pod (scripts/pod).

A round starts every kind anew, and loads one after the other in an order drawn
anew, the others idle meanwhile; native, again and dualbind twice. Ratios are to
the native one of the same round: what the machine does touches all alike.
"again" is the native kind a second time: its ratio is the noise."""

import argparse
import contextlib
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

import clients
import report
import servers
import tree
from servers import ROOT

DNS_QUERY = (b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
             b"\x04name\x04test\x00\x00\x01\x00\x01")
HTTP = b"GET / HTTP/1.0\r\n\r\n"
ECHO = b"x" * 64
BODY = "wrk.method = 'POST'\nwrk.body = string.rep('x', 1048576)\n"


def fill_memcached(host, port):
    with socket.create_connection((host, port)) as connection:
        connection.sendall(b"set key 0 0 100\r\n" + b"x" * 100 + b"\r\n")
        if not connection.recv(64).startswith(b"STORED"):
            raise RuntimeError("memcached does not store")


def workloads(folder):
    """Name: the server, its protocol, the client, what it answers to when it is ready."""
    post = folder / "post.lua"
    post.write_text(BODY)
    return {
        "nginx, keep-alive": (servers.nginx, "tcp", clients.wrk(), HTTP),
        "nginx, a connection each": (servers.nginx, "tcp", clients.wrk("-H", "Connection: close"), HTTP),
        "uvicorn": (servers.uvicorn, "tcp", clients.wrk(), HTTP),
        "uvicorn, POST of 1 MB, 10 ms": (servers.uvicorn, "tcp", clients.wrk("-s", str(post)), HTTP),
        "redis GET": (servers.redis, "tcp", clients.redis(60000, "-t", "get"), b"PING\r\n"),
        "redis SET": (servers.redis, "tcp", clients.redis(60000, "-t", "set"), b"PING\r\n"),
        "redis GET, pipelined": (servers.redis, "tcp", clients.redis(500000, "-t", "get", "-P", "16"), b"PING\r\n"),
        "memcached": (servers.memcached, "tcp",
                      clients.load("tcp", 32, b"get key\r\n", len(b"VALUE key 0 100\r\n") + 102 + 5, fill_memcached),
                      b"version\r\n"),
        "Go net/http": (servers.go, "go", clients.wrk(), HTTP),
        "UDP echo, recvfrom": (servers.echo, "udp", clients.load("udp", 32, ECHO), ECHO),
        "UDP echo, recvmmsg": (servers.echo_batch, "udp", clients.load("udp", 32, ECHO), ECHO),
        "DNS (dnsmasq)": (servers.dnsmasq, "udp", clients.load("udp", 32, DNS_QUERY), DNS_QUERY),
        "DNS (unbound)": (servers.unbound, "udp", clients.load("udp", 32, DNS_QUERY), DNS_QUERY),
    }


QUICK = ("nginx, keep-alive", "nginx, a connection each", "redis GET", "Go net/http", "UDP echo, recvfrom")


def kinds_of(protocol, quick):
    proxies = ["haproxy", "socat"] if quick else servers.proxies()
    if protocol == "go":
        return ["native", "again", "supervise"] + proxies
    return ["native", "again", "preload"] + (proxies if protocol == "tcp" else [])


def wait_for(protocol, host, port, request, log):
    """Until it answers over IPv6."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    for _ in range(200):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, kind) as asked:
            asked.settimeout(1)
            asked.connect((host, port))
            asked.sendall(request)
            if asked.recv(65536):
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody answers at port {port}: {log.read_text()[-400:]}")


def load(running, run, host, port, seconds):
    """One measurement; once more where a load generator or a proxy fails, and says so."""
    for attempt in range(3):
        before = running.cpu()
        try:
            answered = run(host, port, seconds, running.folder)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            print(f"\rport {port}: once more: {error}\033[K", file=sys.stderr)
            if attempt == 2:
                raise
            continue
        used = running.cpu() - before
        return {**answered, "cpu": used / max(answered["requests"], 1) * 1e6, "memory": running.memory(),
                "processes": len(running.processes())}


def one_round(workload, kinds, first_port, seconds, host):
    """What was measured of each kind: once of each proxy, twice of the others."""
    server, protocol, run, request = workload
    ports = {kind: first_port + i for i, kind in enumerate(kinds)}
    turns = [kind for kind in kinds for _ in range(1 if kind in servers.PROXIES else 2)]
    found = {kind: [] for kind in kinds}
    with contextlib.ExitStack() as stack:
        running = {}
        for kind, port in ports.items():
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dualbind-bench.")))
            folder.chmod(0o755)
            running[kind] = tree.start(folder, kind, server, port)
            stack.callback(running[kind].stop)
        for kind, port in ports.items():
            wait_for(protocol, host, port, request, running[kind].folder / "log")
        for kind in random.sample(turns, len(turns)):
            found[kind].append(load(running[kind], run, host, ports[kind], seconds))
    return found


def measure(title, workload, options, host):
    """Each kind's measurements, round by round."""
    kinds = kinds_of(workload[1], options.quick)
    rows = {kind: [] for kind in kinds}
    for turn in range(options.rounds):
        print(f"\r{title}: round {turn + 1} of {options.rounds}\033[K", end="", file=sys.stderr)
        # Other ports each time: those of before may still have connections that linger.
        port = 2000 + turn * len(kinds) % 900
        for kind, measured in one_round(workload, kinds, port, options.seconds, host).items():
            rows[kind].append(measured)
    print("\r\033[K", end="", file=sys.stderr)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", default="", help="part of a workload's name")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.seconds = options.seconds or (0.6 if options.quick else 1)
    if servers.missing():
        sys.exit(f"bench: not installed: {' '.join(servers.missing())}")
    os.sched_setaffinity(0, tree.LOAD)
    results = {}
    with tempfile.TemporaryDirectory(prefix="dualbind-bench.") as name:
        chosen = {title: workload for title, workload in workloads(pathlib.Path(name)).items()
                  if options.only in title and (not options.quick or options.only or title in QUICK)}
        if not chosen:
            sys.exit(f"bench: no workload is called {options.only}; there are: {', '.join(workloads(pathlib.Path(name)))}")
        for title, workload in chosen.items():
            results[title] = measure(title, workload, options, os.environ["POD_IP6"])
            print(report.table(title, results[title]), flush=True)
    (ROOT / "build/bench/results.json").write_text(json.dumps(
        {"rounds": options.rounds, "seconds": options.seconds, "whole": not (options.quick or options.only),
         "results": results}))


if __name__ == "__main__":
    main()
