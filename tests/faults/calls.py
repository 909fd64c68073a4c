# SPDX-License-Identifier: MIT
"""Faults of the library in the program's process."""

import os
import subprocess

import plan
import play

QUICK = (10, 1)  # calls of each name in a scene, and ways in which each goes wrong
QUICK_OWN = 3  # every third
LOGGED = {"bind, logging": "bind", "dual, logging": "dual"}  # the same scenes with a log
LOG = "debug:" + os.path.join(play.BUILD, "tests", "faults", "log")
HOOKED = {"bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "getsockopt",
          "setsockopt", "recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg", "sendmmsg"}


class Fault:
    """CALL goes wrong, as FAULT has it, in SCENE, of which FORMS are the runs that may be."""

    def __init__(self, scene, call, fault, forms):
        self.scene, self.call, self.detail, self.forms = scene, call.name, call.detail, forms
        self.fault = play.inject(call, fault)

    def run(self, more):
        return play.run(play.strace(more, *play.failing(self)) + [play.SERVER, server_of(self.scene)], {})

    def play(self):
        seen = self.run(settings(self.scene))
        return play.judge(server_of(self.scene), seen, self.forms) if play.was_hit(seen) else play.UNREACHED


class Alike(Fault):
    """Every such call goes wrong, natively too."""

    def play(self):
        native, seen = self.run({}), self.run(settings(self.scene))
        if not play.was_hit(native):
            return play.UNREACHED
        if native.status != play.DONE:
            return play.judge(self.scene, seen, {"native": native}) if seen.status != native.status else ("survived", [])
        return play.judge(self.scene, seen, {"native": native}, added=False)


def server_of(scene):
    return LOGGED.get(scene, scene)


def settings(scene):
    return play.shim(LOG if scene in LOGGED else "off")


def scenes(options):
    listed = subprocess.run([play.SERVER, "list"], stdout=subprocess.PIPE, check=False, text=True).stdout
    names = [line.split("\t")[0] for line in listed.splitlines() if "\t" in line] + list(LOGGED)
    return [name for name in names if options.scene in (None, name)]


def traced(scene, more, *options):
    return play.run(play.strace(more, *options) + [play.SERVER, server_of(scene)], {})


def kept(scene, calls):
    """What cannot yield stays, and the program's own socket is bound beside it; a new
    socket for a client that was shown finds it unreachable."""
    return {name: traced(scene, settings(scene), *words) for name, words in plan.last_swap(calls).items()}


def library(options):
    """Each call that the library makes goes wrong once."""
    for scene in scenes(options):
        full = traced(scene, settings(scene))
        calls = [call for call in plan.calls_of(full.trace, play.LIBRARY) if not call.own]
        forms = {"native": play.run([play.SERVER, server_of(scene)], {}), "converted": full,
                 **kept(scene, calls)}
        if full.blocks[server_of(scene)][0] != forms["native"].blocks[server_of(scene)][0]:
            raise SystemExit(f"{scene}: not as natively, without any fault")
        for call, fault in plan.plan(calls, *QUICK if options.quick else ()):
            yield Fault(scene, call, fault, forms)


def own(options):
    """All calls of a name go wrong, those of the program and of the library."""
    for scene in scenes(options):
        if scene in LOGGED:
            continue
        calls = plan.calls_of(traced(scene, {}).trace, play.LIBRARY)
        names = {call.name: call._replace(nth=0, detail="") for call in calls if call.name in HOOKED}
        # A signal would meet the calls of its own handler.
        every = [one for one in plan.plan(list(names.values())) if not one[1].startswith("signal")]
        for call, fault in every[::QUICK_OWN] if options.quick else every:
            yield Alike(scene, call, fault, None)
