#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The differential fuzzer: sequences of socket calls (sequence.h) are made with
and without the library, and every result must be the same, but for what
differential-differences lists. A sequence that differs is made again, then as
short as it can be, and printed.

exit status: 0 nothing was found; 1 something; 2 wrong usage."""

# needs: build/tests/fuzz/sequence build/dualbind build/libdualbind.so
import argparse
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "..", "..", "build")
BLOCK = 100
TRIES = 3  # that must all differ
STEPS_MAX = 48
SUPERVISED = "* (supervised)"
# RULES, and whether the clients come over IPv6.
WORLDS = [("*/any", False), ("*", False), ("*/any", True), ("*/any 127.0.0.1:*/any", False),
          (SUPERVISED, False)]


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1, metavar="N", help="the first sequence's number")
    parser.add_argument("--count", type=int, default=200, metavar="N", help="how many, in each world")
    parser.add_argument("--seconds", type=int, metavar="N", help="as many as fit into so much time instead")
    parser.add_argument("--world", type=int, choices=range(len(WORLDS)), metavar="N", help="only this one")
    parser.add_argument("--findings", type=int, default=5, metavar="N", help="stop after so many (5)")
    parser.add_argument("--show", action="store_true", help="print both traces of the first sequence")
    parser.add_argument("--unlisted", action="store_true", help="report what the list of differences names, too")
    return parser.parse_args(arguments)


class Entry:
    """Of the list of differences: the pattern is over "call TAB native TAB shown"."""

    def __init__(self, number, line):
        self.number, self.met = number, 0
        self.word, pattern = line.split(" ", 1)
        self.pattern = re.compile(pattern.replace(" | ", r"\t"))


def differences():
    with open(os.path.join(HERE, "differential-differences"), encoding="utf-8") as file:
        lines = enumerate(file.read().splitlines(), 1)
    return [Entry(number, line) for number, line in lines if line.strip() and not line.startswith("#")]


def tell_stale(entries):
    """A small run does not meet them all: it is for who changes the list."""
    for entry in entries:
        if entry.met == 0:
            print(f"differential-differences: line {entry.number} was not met")


def traces(world, shown, first, count, without=()):
    rules, ipv6 = world
    environment = {"PATH": os.environ["PATH"]}
    program = os.path.join(BUILD, "tests", "fuzz", "sequence")
    command = [program]
    if shown and rules == SUPERVISED:
        command += ["within", os.path.join(BUILD, "dualbind"), "run", "--mode", "supervise", "--log", "off"]
        command += ["-a", "*", "--", program]
    elif shown:
        environment.update(LD_PRELOAD=os.path.join(BUILD, "libdualbind.so"), DUALBIND_ALLOW=rules)
        environment.update(DUALBIND_LOG="off")
    if ipv6:
        environment.update(SEQUENCE_CLIENTS="ipv6" if shown else "ipv4")
    elif "127.0.0.1" in rules:
        environment.update(SEQUENCE_CLIENTS="loopback")
    command += [str(first), str(count)]
    if without:
        command += ["without"] + [str(step) for step in sorted(without)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=300)
    parts = done.stdout.decode("utf-8", "backslashreplace").split("== ")[1:]
    lines = [part.split("\n")[1:-1] for part in parts]
    return lines if rules != SUPERVISED else [results(trace) for trace in lines]


def results(trace):
    """What a supervised program, which sees AF_INET6 addresses, sees as natively."""
    kept = [line for line in trace if re.match(r"\d+ (socket|bind|listen|accept|close|dup|flags|client|poll|epoll)", line)]
    return [re.sub(r"( -> \S+( E\w+)?).*", r"\1", line) if " accept" in line else line for line in kept]


def compare(entries, world, native, shown):
    """The first line that differs and is not listed, as (call, native, shown)."""
    for number in range(max(len(native), len(shown))):
        one = native[number] if number < len(native) else "nothing"
        other = shown[number] if number < len(shown) else "nothing"
        if one == other:
            continue
        call, _, was = one.partition(" -> ")
        label, _, came = other.partition(" -> ")
        subject = re.sub(r"^\d+ |@\d", "", call) + "\t" + was + "\t" + came
        listed = [entry for entry in entries if call == label and entry.pattern.search(subject)]
        if "127.0.0.1" not in world[0]:
            listed = [entry for entry in listed if entry.word != "promotes"]
        if not listed:
            return (call, was, came if call == label else other)
        listed[0].met += 1
        if listed[0].word != "stays":
            return None
    return None


def differs(entries, world, number, without=(), tries=TRIES):
    found = None
    for _ in range(tries):
        native = traces(world, False, number, 1, without)
        shown = traces(world, True, number, 1, without)
        found = compare(entries, world, native[0], shown[0])
        if found is None:
            return None
    return found


def kind_of(found):
    call, was, came = found
    name = re.sub(r"^\d+ |@\d.*", "", call) + " " + "".join(re.findall(r" \d+/\d+", call)[:1])
    return name, re.sub(r"[0-9a-f]{4,}.*", "", was), re.sub(r"[0-9a-f]{4,}.*", "", came)


def minimise(entries, world, number, found):
    step = found[0].split(" ")[0]
    last = int(step) if step.isdigit() else STEPS_MAX - 1  # what the whole ended with
    without = set(range(last + 1, STEPS_MAX))
    for size in (8, 4, 1):
        for start in range(last - size, -1, -size):
            fewer = without | set(range(start, start + size))
            if fewer == without:
                continue
            now = differs(entries, world, number, fewer, 1)
            if now is not None and kind_of(now) == kind_of(found):
                without, found = fewer, now
    return without, found


def report(entries, world, number, found):
    without, found = minimise(entries, world, number, found)
    print(f"sequence {number}, rules '{world[0]}'{', IPv6 clients' if world[1] else ''}:")
    for line in traces(world, False, number, 1, without)[0]:
        if " census" not in line:
            print("    " + line[:200])
        if line.startswith(found[0] + " ->"):
            break
    print(f"  {found[0]}\n    native: {found[1]}\n    with:   {found[2]}")
    steps = " ".join(str(step) for step in sorted(without))
    print(f"  build/tests/fuzz/sequence {number} 1 without {steps}\n", flush=True)


def main(arguments):
    options = parse(arguments)
    entries = [] if options.unlisted else differences()
    worlds = WORLDS if options.world is None else [WORLDS[options.world]]
    if options.show:
        for shown in (False, True):
            print("\n".join(traces(worlds[0], shown, options.first, 1)[0]))
        return 0
    made, calls, seen, start, first = 0, 0, set(), time.monotonic(), options.first
    while len(seen) < options.findings:
        count = BLOCK if options.seconds else min(BLOCK, options.first + options.count - first)
        if count <= 0 or (options.seconds and time.monotonic() - start > options.seconds):
            break
        for world in worlds:
            native, shown = traces(world, False, first, count), traces(world, True, first, count)
            made += count
            calls += sum(len(trace) for trace in native)
            for at in range(count):
                found = compare(entries, world, native[at], shown[at])
                if found is None or kind_of(found) in seen:
                    continue
                found = differs(entries, world, first + at)
                if found is not None and kind_of(found) not in seen:
                    seen.add(kind_of(found))
                    report(entries, world, first + at, found)
        first += count
    print(f"differential: {made} sequences, {calls} results compared, {len(seen)} found, "
          f"{time.monotonic() - start:.0f} s")
    if options.world is None:
        tell_stale(entries)
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
