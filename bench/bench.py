"""The benchmark: one unmodified server natively on [::], under dualbind, and
behind proxies, in one interleaved run. Runs in the node of a pod (scripts/pod).

Every round starts each kind anew, loads one after the other in an order drawn
anew, and takes the ratio to the native one of the same round: what the machine
does meanwhile touches all alike. "again" is the native kind a second time: its
ratio is the noise."""

import argparse
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

import clients
import report
import servers
from servers import COMMAND, LIBRARY, ROOT

DNS_QUERY = (b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
             b"\x04name\x04test\x00\x00\x01\x00\x01")
BODY = "wrk.method = 'POST'\nwrk.body = string.rep('x', 1048576)\n"


def fill_memcached(host, port):
    with socket.create_connection((host, port)) as connection:
        connection.sendall(b"set key 0 0 100\r\n" + b"x" * 100 + b"\r\n")
        if not connection.recv(64).startswith(b"STORED"):
            raise RuntimeError("memcached does not store")


def workloads(folder):
    """Name: the server, its protocol, the client."""
    post = folder / "post.lua"
    post.write_text(BODY)
    return {
        "nginx, keep-alive": (servers.nginx, "tcp", clients.wrk()),
        "nginx, a connection each": (servers.nginx, "tcp", clients.wrk("-H", "Connection: close")),
        "uvicorn": (servers.uvicorn, "tcp", clients.wrk()),
        "uvicorn, POST of 1 MB, 10 ms": (servers.uvicorn, "tcp", clients.wrk("-s", str(post))),
        "redis GET": (servers.redis, "tcp", clients.redis(60000, "-t", "get")),
        "redis SET": (servers.redis, "tcp", clients.redis(60000, "-t", "set")),
        "redis GET, pipelined": (servers.redis, "tcp", clients.redis(500000, "-t", "get", "-P", "16")),
        "memcached": (servers.memcached, "tcp",
                      clients.load("tcp", 32, b"get key\r\n", len(b"VALUE key 0 100\r\n") + 102 + 5, fill_memcached)),
        "Go net/http": (servers.go, "go", clients.wrk()),
        "UDP echo, recvfrom": (servers.echo, "udp", clients.load("udp", 32, b"x" * 64)),
        "UDP echo, recvmmsg": (servers.echo_batch, "udp", clients.load("udp", 32, b"x" * 64)),
        "DNS (unbound)": (servers.unbound, "udp", clients.load("udp", 32, DNS_QUERY)),
    }


QUICK = ("nginx, keep-alive", "nginx, a connection each", "redis GET", "Go net/http", "UDP echo, recvfrom")


def kinds_of(protocol, quick):
    proxies = ["haproxy", "socat"] if quick else list(servers.PROXIES)
    if protocol == "go":
        return ["native", "again", "supervise"] + proxies
    return ["native", "again", "preload"] + (proxies if protocol == "tcp" else [])


class Tree:
    """A server, what stands before it, and their children."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def start(self, command, **more):
        log = open(self.folder / "log", "ab")
        self.started.append(subprocess.Popen(
            [ROOT / "scripts/pod", "exec", "env", *(f"{name}={value}" for name, value in more.items()), *command],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))
        log.close()

    def processes(self):
        found, parents = set(), {}
        sessions = {process.pid for process in self.started}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(path.parent.name)] = (int(fields[1]), int(fields[3]), fields)
        for pid, (parent, session, fields) in parents.items():
            if session in sessions or parent in sessions:
                found.add((pid, tuple(fields)))
        return found

    def cpu(self):
        """Seconds, of children that have ended too."""
        ticks = sum(int(field) for _, fields in self.processes() for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Proportional set size, in kB."""
        total = 0
        for pid, _ in self.processes():
            try:
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        return total

    def stop(self):
        for process in reversed(self.started):
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        for process in self.started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def start(tree, kind, server, port):
    if kind in ("native", "again"):
        tree.start(server("::", port, tree.folder))
    elif kind == "preload":
        tree.start(server("0.0.0.0", port, tree.folder), LD_PRELOAD=LIBRARY, DUALBIND_ALLOW="*/any",
                   DUALBIND_LOG="error")
    elif kind == "supervise":
        tree.start([COMMAND, "run", "--mode", "supervise", "-a", "*", "--", *server("0.0.0.0", port, tree.folder)])
    else:
        tree.start(server("127.0.0.1", port + 1000, tree.folder))
        tree.start(servers.PROXIES[kind](port, port + 1000, tree.folder))


def wait_for(run, host, port, folder):
    """Until it answers over IPv6."""
    for _ in range(100):
        try:
            run(host, port, 0.05, folder)
            return
        except (RuntimeError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"nobody answers at port {port}: {(folder / 'log').read_text()[-400:]}")


def measure(workload, kind, port, seconds, host):
    server, protocol, run = workload
    with tempfile.TemporaryDirectory(prefix="dualbind-bench.") as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        tree = Tree(folder)
        try:
            start(tree, kind, server, port)
            wait_for(clients.load("udp", 1, b"x" * 64 if server is not servers.unbound else DNS_QUERY)
                     if protocol == "udp" else connects, host, port, folder)
            before = tree.cpu()
            rate, median, last, errors = run(host, port, seconds, folder)
            return {"rate": rate, "p50": median, "p99": last, "errors": errors, "memory": tree.memory(),
                    "processes": len(tree.processes()), "cpu": (tree.cpu() - before) / max(rate * seconds, 1) * 1e6}
        finally:
            tree.stop()


def measured(title, kind, *more):
    """Once more where a load generator or a proxy fails, and says so."""
    for _ in range(2):
        try:
            return measure(more[0], kind, *more[1:])
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            print(f"\r{title}, {kind}: once more: {error}\033[K", file=sys.stderr)
    return measure(more[0], kind, *more[1:])


def connects(host, port, seconds, folder):
    socket.create_connection((host, port), timeout=1).close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", help="part of a workload's name")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 7)
    seconds = options.seconds or 1
    host, results, port = os.environ["POD_IP6"], {}, 2000
    if servers.missing():
        sys.exit(f"bench: not installed: {' '.join(servers.missing())}")
    with tempfile.TemporaryDirectory(prefix="dualbind-bench.") as name:
        chosen = {title: workload for title, workload in workloads(pathlib.Path(name)).items()
                  if (options.only or "") in title and (not options.quick or title in QUICK)}
        for number, (title, workload) in enumerate(chosen.items(), 1):
            kinds = kinds_of(workload[1], options.quick)
            rows = results[title] = {kind: [] for kind in kinds}
            for turn in range(rounds):
                print(f"\r{number}/{len(chosen)} {title}: round {turn + 1} of {rounds}\033[K", end="", file=sys.stderr)
                for kind in random.sample(kinds, len(kinds)):
                    port = port + 1 if port < 2900 else 2000
                    rows[kind].append(measured(title, kind, workload, port, seconds, host))
            print("\r\033[K", end="", file=sys.stderr)
            print(report.table(title, rows), flush=True)
    (ROOT / "build/bench/results.json").write_text(json.dumps(
        {"rounds": rounds, "seconds": seconds, "quick": options.quick, "results": results}))


if __name__ == "__main__":
    main()
