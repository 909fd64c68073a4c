# SPDX-License-Identifier: MIT
"""Load. Each client tells how many requests were answered, at what rate a
second, the percentiles of the answer time in microseconds, and the errors."""

import re
import subprocess

from servers import ROOT, bracketed

UNITS = {"us": 1, "ms": 1e3, "s": 1e6}


def told(command, seconds):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=seconds * 10 + 30, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stdout.strip()}")
    return done.stdout


def microseconds(text):
    found = re.fullmatch(r"([0-9.]+)([a-z]+)", text)
    if not found:
        raise RuntimeError(f"no answer time: {text}")
    return float(found[1]) * UNITS[found[2]]


def wrk(*options):
    def run(host, port, seconds, folder):
        text = told(["wrk", "-t", "1", "-c", "32", "-d", f"{max(1, round(seconds))}s", "--latency", "--timeout", "10s",
                     *options, f"http://{bracketed(host)}:{port}/"], seconds)
        errors = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
        if "Non-2xx" in text:
            raise RuntimeError(f"wrk: {text}")
        return {"requests": int(re.search(r"(\d+) requests in", text)[1]),
                "rate": float(re.search(r"Requests/sec:\s+([0-9.]+)", text)[1]),
                "p50": microseconds(re.search(r"\n +50% +(\S+)", text)[1]),
                "p99": microseconds(re.search(r"\n +99% +(\S+)", text)[1]), "errors": errors}
    return run


def redis(rate, *options):
    """RATE: how many requests a second it is asked for, about; so that a run takes about as long as others."""
    def run(host, port, seconds, folder):
        requests = int(rate * seconds)
        text = told(["redis-benchmark", "-h", host, "-p", str(port), "-c", "32", "-n", str(requests),
                     "-d", "100", "-r", "1000", "--csv", *options], seconds)
        row = text.strip().splitlines()[-1].replace('"', "").split(",")
        return {"requests": requests, "rate": float(row[1]), "p50": float(row[4]) * 1e3, "p99": float(row[6]) * 1e3,
                "errors": 0}
    return run


def load(kind, peers, request, reply_bytes=0, before=None):
    def run(host, port, seconds, folder):
        path = folder / "request"
        if before:
            before(host, port)
        path.write_bytes(request)
        rate, median, last, lost = told([str(ROOT / "build/bench/load"), kind, host, str(port), str(peers),
                                         str(seconds), str(path), str(reply_bytes)], seconds).split()
        return {"requests": float(rate) * seconds, "rate": float(rate), "p50": float(median), "p99": float(last),
                "errors": int(lost)}
    return run
