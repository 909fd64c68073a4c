# SPDX-License-Identifier: MIT
"""What single calls cost, natively and with the library; what the library
costs a program that binds nothing. Runs in the node of a pod (scripts/pod)."""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from servers import COMMAND, LIBRARY, ROOT

CALLS = {"bind": 200, "listen": 500, "accept": 2000, "getpeername": 20000, "getsockname": 20000,
         "recvfrom": 20000, "recvmmsg": 20000, "sendto": 10000}
CALLS_PROGRAM = ROOT / "build/bench/calls"
COUNTED = 320
DESCRIPTORS = (10, 1000, 19000)
PEERS = (10, 1000, 100000, 1000000)
SHIM = {"LD_PRELOAD": str(LIBRARY), "DUALBIND_ALLOW": "*/any", "DUALBIND_LOG": "error"}


def in_pod(*command, **more):
    return subprocess.run([ROOT / "scripts/pod", "exec", "env", *(f"{name}={value}" for name, value in more.items()),
                           *map(str, command)], check=True, stdout=subprocess.PIPE, text=True, timeout=300).stdout


def call(kind, operation, count, descriptors=0, peers=0):
    """Nanoseconds of one call."""
    address, more, before = ("::" if kind == "native" else "0.0.0.0"), {}, []
    if kind == "preload":
        more = SHIM
    if kind == "supervise":
        before = [COMMAND, "run", "--mode", "supervise", "-a", "*", "--"]
    return float(in_pod(*before, CALLS_PROGRAM, address, os.environ["POD_IP6"], operation, count, descriptors, peers,
                        **more))


def instructions_of_call(kind, operation, folder):
    """User instructions of one call, the mean of so many that a batch is among them."""
    address, more = ("::", {}) if kind == "native" else ("0.0.0.0", SHIM)
    in_pod("valgrind", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={folder}/out", "--quiet",
           CALLS_PROGRAM, address, os.environ["POD_IP6"], operation, COUNTED, **more)
    totals = re.search(r"^totals: (\d+)", (pathlib.Path(folder) / "out").read_text(), re.M)
    return int(totals[1]) / COUNTED


def medians(kinds, rounds, operation, count, *more):
    """Interleaved: what the machine does meanwhile touches all alike."""
    taken = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            taken[kind].append(call(kind, operation, count, *more))
    return {kind: statistics.median(values) for kind, values in taken.items()}


def instructions(library, folder):
    """Of /bin/true, as callgrind counts them: the same in each run."""
    environment = {**os.environ, "DUALBIND_ALLOW": "*", **({"LD_PRELOAD": library} if library else {})}
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "/bin/true"],
                          env=environment, stderr=subprocess.PIPE, text=True, check=True, timeout=60)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def system_calls(library, folder):
    subprocess.run(["strace", "-f", "-o", f"{folder}/calls", "-E", f"LD_PRELOAD={library}", "-E", "DUALBIND_ALLOW=*",
                    "/bin/true"], check=True, timeout=60)
    with open(f"{folder}/calls", encoding="utf-8") as lines:
        return [re.match(r"\d+ +(\w+)", line)[1] for line in lines if "(" in line]


def start_up(folder):
    empty = f"{folder}/empty.so"
    subprocess.run(["cc", "-shared", "-o", empty, "-x", "c", "/dev/null"], check=True)
    alone, nothing, ours = (instructions(library, folder) for library in (None, empty, str(LIBRARY)))
    # The loader maps zeroed memory for a library that has some: its own call.
    zeros = f"{folder}/zeros.so"
    subprocess.run(["cc", "-shared", "-o", zeros, "-x", "c", "-"], input=b"char zeros[65536];", check=True)
    calls = len(system_calls(str(LIBRARY), folder)) - len(system_calls(zeros, folder))
    return {"alone": alone, "empty": nothing, "dualbind": ours, "system calls": calls}


def memory():
    """Of a process that sleeps: kB of the library's mappings and its .bss."""
    process = subprocess.Popen(["sleep", "60"], env={**os.environ, **SHIM})
    try:
        while "nanosleep" not in pathlib.Path(f"/proc/{process.pid}/wchan").read_text():
            time.sleep(0.01)  # until then the loader may still be at work
        text = pathlib.Path(f"/proc/{process.pid}/smaps").read_text()
        sizes, counted = {"Rss": 0, "Anonymous": 0}, False
        for line in text.splitlines():
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                # .bss follows the file's last mapping, without a name
                counted = "libdualbind" in line or (counted and len(line.split()) == 5)
            elif counted and line.split(":")[0] in sizes:
                sizes[line.split(":")[0]] += int(line.split()[1])
        return sizes
    finally:
        process.kill()
        process.wait()


def size(folder):
    subprocess.run(["strip", "-o", f"{folder}/stripped", LIBRARY], check=True)
    return os.stat(f"{folder}/stripped").st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rounds = 3 if options.quick else 7
    in_pod("ip", "-6", "route", "add", "local", "fd00:be9c::/64", "dev", "lo")
    found = {"calls": {}, "supervise": {}, "descriptors": {}, "peers": {}}
    for operation, count in CALLS.items():
        print(f"\r{operation}\033[K", end="", file=sys.stderr)
        found["calls"][operation] = medians(("native", "preload"), rounds, operation, count)
    for operation in ("bind", "listen", "getsockname"):
        found["supervise"][operation] = medians(("native", "supervise"), rounds, operation, CALLS[operation])
    for count in DESCRIPTORS[:2] if options.quick else DESCRIPTORS:
        print(f"\rbind with {count} descriptors\033[K", end="", file=sys.stderr)
        found["descriptors"][count] = medians(("native", "preload", "supervise"), 3, "bind", 20, count)
    for count in PEERS[:2] if options.quick else PEERS:
        print(f"\rpeers: {count}\033[K", end="", file=sys.stderr)
        found["peers"][count] = {operation: medians(("native", "preload"), 3, operation, CALLS[operation], 0, count)
                                 for operation in ("recvfrom", "accept")}
    print("\r\033[K", end="", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="dualbind-bench.") as folder:
        for operation, one in found["calls"].items():
            one["instructions"] = {kind: instructions_of_call(kind, operation, folder) for kind in ("native", "preload")}
        found["start-up"] = start_up(folder)
        found["memory"] = memory()
        found["size"] = size(folder)
    (ROOT / "build/bench/micro.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
