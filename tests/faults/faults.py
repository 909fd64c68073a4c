#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes each system call of the library, or of the supervisor, fail in each plausible
way, and compares what the program sees with what it sees natively.

Of the faults are

  survived     the program sees what it sees natively, or all that a conversion adds
  kept         the next best, as docs/limits.md has it: what cannot yield stays, with the program's
               own socket beside it; a client cannot be answered from a new socket; the
               supervisor converts as late as at listen
  known        less, for a reason that the file "known" tells
  lost         less
  not reached  the call was not made this time

exit status: 0 nothing was lost; 1 something; 2 wrong usage."""

# needs: build/dualbind build/libdualbind.so faulty
import argparse
import collections
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import calls
import play
import supervisor
import surroundings

PARTS = {"calls": calls.library, "own": calls.own, "supervisor": supervisor.all_of,
         "surroundings": surroundings.all_of}
VERDICTS = ["survived", "kept", "known", "lost", "not reached"]
MOST = 6  # lines of a fault
NO_POD = 125
GRAVE = ["descriptors", "exit status", "hung", "handler", "parent"]


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="a part of the faults")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at the same time (2)")
    parser.add_argument("--scene", metavar="NAME", help="of this scene alone")
    parser.add_argument("--fault", type=re.compile, metavar="CALL:FAULT", help="those alone that this pattern matches")
    parser.add_argument("--unlisted", action="store_true", help="what is known counts as lost, too")
    parser.add_argument("--worker", type=int, metavar="N", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.fault:
        options.quick = False
    options.parts = options.parts or list(PARTS)
    if any(part not in PARTS for part in options.parts):
        parser.error("PART is one of: " + " ".join(PARTS))
    return options


def play_twice(fault):
    verdict, why = fault.play()
    return fault.play() if verdict == "lost" else (verdict, why)


def is_wanted(options, fault):
    return options.scene in (None, fault.scene) and \
        (options.fault is None or options.fault.fullmatch(f"{fault.call}:{fault.fault}"))


def work(options):
    """In namespaces of its own: each JOBS'th fault. One line for each."""
    # Where /proc does not tell, the library asks for each number that may be open.
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    turn = 0
    for part in options.parts:
        for fault in PARTS[part](options):
            turn += 1
            if turn % options.jobs != options.worker or not is_wanted(options, fault):
                continue
            verdict, why = play_twice(fault)
            print(json.dumps({"part": part, "scene": fault.scene, "call": fault.call, "fault": fault.fault,
                              "detail": fault.detail, "verdict": verdict, "why": why}), flush=True)


def start_worker(number, output):
    pod = os.path.join(play.ROOT, "scripts", "pod")
    return subprocess.Popen([pod, "dual", "--", pod, "exec", "unshare", "--pid", "--fork", "--kill-child",
                             "--mount-proc", sys.executable, os.path.abspath(__file__)] + sys.argv[1:] +
                            ["--worker", str(number)], stdin=subprocess.DEVNULL, stdout=output)


def gather(options):
    """The results, and whether that is all."""
    outputs = [tempfile.TemporaryFile("w+") for _ in range(options.jobs)]
    workers = [start_worker(number, output) for number, output in enumerate(outputs)]
    statuses = [worker.wait() for worker in workers]
    if all(status == NO_POD for status in statuses):
        print("1..0 # SKIP there are no network namespaces here")
        sys.exit(0)
    results = []
    for output in outputs:
        output.seek(0)
        results += [json.loads(line) for line in output]
    missed = sum(result["verdict"] == "not reached" for result in results)
    return results, bool(results) and not any(statuses) and missed <= len(results) / 10


def known_losses():
    with open(os.path.join(play.HERE, "known"), encoding="utf-8") as file:
        return [re.compile(line.rstrip("\n")) for line in file if line.strip() and not line.startswith("#")]


def subjects(result):
    head = "{part}, {scene}: {call} {detail} {fault}: ".format(**result)
    return [head + why for why in result["why"]]


def excuse(results):
    """What is lost is known if one of its lines is, and every grave one."""
    entries = known_losses()
    for result in results:
        lines = subjects(result)
        fine = [any(entry.search(line) for entry in entries) for line in lines]
        if result["verdict"] == "lost" and any(fine) and all(
                known or not any(word in why for word in GRAVE)
                for known, why in zip(fine, result["why"])):
            result["verdict"] = "known"


def table(results, columns):
    rows = collections.defaultdict(collections.Counter)
    for result in results:
        name = ", ".join(result[column] for column in columns)
        rows[name].update(["injected", result["verdict"]])
    print("# " + " " * 48 + "".join(f"{name:>12}" for name in ["injected"] + VERDICTS))
    rows["all"] = sum(rows.values(), collections.Counter())
    for name, row in rows.items():
        print(f"# {name:48}" + "".join(f"{row[verdict]:12}" for verdict in ["injected"] + VERDICTS))
    print("#")


def report(options, results, whole):
    if not options.unlisted:
        excuse(results)
    number, scenes = 0, list(dict.fromkeys((result["part"], result["scene"]) for result in results))
    for part, scene in scenes:
        number += 1
        mine = [result for result in results if (result["part"], result["scene"]) == (part, scene)]
        lost = [result for result in mine if result["verdict"] == "lost"]
        print(f"{'not ok' if lost else 'ok'} {number} - {part}, {scene}: {len(mine)} faults, {len(lost)} lost")
        for result in lost:
            print("# " + "\n# ".join(subjects(result)[:MOST]))
            print("#   tests/faults/faults.py --scene '{scene}' --fault '{call}:{fault}' {part}".format(**result))
    print(f"{'ok' if whole else 'not ok'} {number + 1} - all was run\n1..{number + 1}")
    table(results, ["part", "scene"])
    table(results, ["part", "call"])
    return 0 if whole and not any(result["verdict"] == "lost" for result in results) else 1


def main():
    options = parse(sys.argv[1:])
    if options.worker is not None:
        work(options)
        return 0
    start = time.monotonic()
    results, whole = gather(options)
    status = report(options, results, whole)
    print(f"# {len(results)} faults in {time.monotonic() - start:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
