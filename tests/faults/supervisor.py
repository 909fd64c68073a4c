# SPDX-License-Identifier: MIT
"""Faults of the supervisor, which serves a static program that no fault reaches."""

import collections
import os

import plan
import play

SERVER = os.path.join(play.BUILD, "tests", "faults", "server-static")
COMMAND = [os.path.join(play.BUILD, "dualbind"), "run", "--mode", "supervise", "--log", "off", "--"]
SCENES = ["bind", "dual", "listen", "unbound", "taken", "promote", "widen"]
# Calls of each name, and ways in which each goes wrong. Most of them are the core's,
# of which all are tried in calls.py.
WHOLE, LESS, QUICK = (None, 2), (20, 2), (2, 1)
SECONDS = 20  # of patience with a supervisor the program needs five, and for each call
# Strace follows the supervisor's processes and threads, and lets go of what executes;
# or its first process alone, where that is the one whose call goes wrong.
ALL, FIRST = ["-f", "-b", "execve"], []


class Fault:
    def __init__(self, scene, call, fault, forms):
        self.scene, self.call, self.detail, self.forms = scene, call.name, call.detail, forms
        self.fault, self.follows = play.inject(call, fault), FIRST if call.own else ALL

    def play(self):
        seen = run(self.scene, self.follows, *play.failing(self))
        if self.follows is ALL and seen.status == 0:
            # It has executed the program itself, and strace has let go of that.
            seen = run(self.scene, ["-f"], *play.failing(self))
        if not play.was_hit(seen):
            return play.UNREACHED
        return play.judge(self.scene, seen, self.forms, mixed=True)


def run(scene, follows, *options):
    words = play.strace({}, *follows, *options) + COMMAND + [SERVER, scene]
    return play.run(words, {"DUALBIND_ALLOW": play.ALLOW}, SECONDS)


def calls_of(trace):
    """Those of each process and thread, which strace counts by itself; OWN: of the first
    process. Alike ones of others once."""
    counts, calls, first = collections.Counter(), {}, None
    for line in trace:
        entry = plan.ENTRY.match(line)
        if entry is None:
            continue
        process, _, name, rest = entry.groups()
        first = first or process
        counts[process, name] += 1
        call = plan.Call(name, counts[process, name], plan.details(name, rest), process == first, True)
        calls.setdefault((name, call.nth, call.own), call)
    return list(calls.values())


def all_of(options):
    """Each call of the supervisor goes wrong once."""
    for scene in SCENES:
        if options.scene not in (None, scene):
            continue
        full = run(scene, ALL)
        calls = calls_of(full.trace)
        forms = {"native": play.run([SERVER, scene], {}), "converted": full}
        forms.update({name: run(scene, ALL, *words) for name, words in plan.last_swap(calls).items()})
        amount = () if options.fault else QUICK if options.quick else WHOLE if scene in ("bind", "dual") else LESS
        for call, fault in plan.plan(calls, *amount):
            yield Fault(scene, call, fault, forms)
