# SPDX-License-Identifier: MIT
"""A server, and what stands before it, started in the pod; what they use."""

import os
import pathlib
import signal
import subprocess

import servers
from servers import COMMAND, LIBRARY, ROOT

# The load on one processor, the server on the other, where there are two; a
# proxy goes where it finds room.
PROCESSORS = sorted(os.sched_getaffinity(0))
LOAD, SERVER = {PROCESSORS[0]}, {PROCESSORS[-1]}


class Tree:
    """A server, what stands before it, and their children."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def start(self, command, processors, **more):
        with open(self.folder / "log", "ab") as log:
            self.started.append(subprocess.Popen(
                [ROOT / "scripts/pod", "exec", "taskset", "-c", ",".join(map(str, processors)),
                 "env", *(f"{name}={value}" for name, value in more.items()), *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))

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


def start(folder, kind, server, port):
    """The server at PORT in the form KIND."""
    tree = Tree(folder)
    if kind in ("native", "again"):
        tree.start(server("::", port, folder), SERVER)
    elif kind == "preload":
        tree.start(server("0.0.0.0", port, folder), SERVER, LD_PRELOAD=LIBRARY, DUALBIND_ALLOW="*/any",
                   DUALBIND_LOG="error")
    elif kind == "supervise":
        tree.start([COMMAND, "run", "--mode", "supervise", "-a", "*", "--", *server("0.0.0.0", port, folder)], SERVER)
    else:
        tree.start(server("127.0.0.1", port + 1000, folder), SERVER)
        tree.start(servers.PROXIES[kind](port, port + 1000, folder), LOAD | SERVER)
    return tree
