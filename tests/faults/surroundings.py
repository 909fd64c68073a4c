# SPDX-License-Identifier: MIT
"""Surroundings in which something is not to be had, for all scenes: natively and with
the shim. No call fails by order here."""

import contextlib
import os
import subprocess
import tempfile

import calls
import plan
import play

WITHIN = os.path.join(play.BUILD, "tests", "faults", "within")
MORE = 8  # descriptors above what the program needs
PAGES = 64 << 10
LIBRARY_BYTES = 6 << 20  # more than the library maps


class Fault:
    def __init__(self, scene, fault, play_it):
        self.scene, self.call, self.fault, self.detail, self.play = scene, "surroundings", fault, "", play_it


def run(before, limits, shim=None, scenes=(), **options):
    variables = [f"{name}={value}" for name, value in (shim or {}).items()]
    return play.run(before + [WITHIN] + limits + variables + [play.SERVER] + list(scenes), {}, **options)


def judge(before, limits, log="off", forms=None, scenes=(), stderr=None, added=True):
    """As natively in the same surroundings, or as in FORMS; not ADDED: what a conversion
    adds does not count."""
    def play_it():
        more = {"stderr": stderr()} if stderr else {}
        native = run(before, limits, None, scenes, **more)
        seen = run(before, limits, play.shim(log), scenes, **more)
        if native.status != play.DONE and before:
            return play.UNREACHED  # they cannot be made here
        if native.status != play.DONE:
            return ("survived", []) if seen.status == native.status else ("lost", [f"exit status {seen.status}"])
        verdicts = [play.judge(scene, seen, {"native": native, **(forms or {})}, added=added)
                    for scene in native.blocks]
        return max(verdicts, key=lambda verdict: ["survived", "kept", "lost"].index(verdict[0]))
    return play_it


def converted(before=(), limits=()):
    return {"converted": run(list(before), list(limits), play.shim())}


def in_mounts(*words):
    return ["unshare", "--mount", "sh", "-c", "; ".join(words) + '; exec "$@"', "sh"]


def in_network(name, value):
    """A network of its own, with a loopback interface alone."""
    return ["unshare", "--net", "sh", "-c", "ip link set lo up; unset POD_IP6; "
            f'echo {value} >/proc/sys/net/ipv6/{name} && exec "$@"', "sh"]


def simple():
    """(what is missing, words before, limits, settings)"""
    forms = converted()
    yield "no IPv6 in the kernel", [], ["no-inet6"], {}
    yield "disable_ipv6=1", in_network("conf/all/disable_ipv6", 1), [], {"added": False}
    yield "bindv6only=1", in_network("bindv6only", 1), [], {"forms": converted(in_network("bindv6only", 0))}
    yield "no IPV6_ROUTER_ALERT_ISOLATE", [], ["no-isolate"], {"forms": forms}
    yield "no option for the mark", [], ["no-isolate", "no-freebind"], {"forms": forms}
    yield "no /proc", in_mounts("mount -t tmpfs none /proc"), [], {"forms": forms}
    yield "no /proc/sys", in_mounts("mount -t tmpfs none /proc/sys"), [], {"forms": forms}
    yield "another PID namespace's /proc", ["unshare", "--pid", "--fork"], [], {"forms": forms}
    yield "no memory once started", [], ["NO_MEMORY=1"], {"forms": forms}
    read_only = in_mounts("mount --make-rprivate /", "mount --rbind / /", "mount -o remount,bind,ro /")
    yield "read-only root", read_only, [], {"forms": forms, "log": "debug:/var/dualbind.log"}


def fill(end):
    """Until it takes no more."""
    os.set_blocking(end, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(end, bytes(4096))
    os.set_blocking(end, True)


def places(folder):
    """Where nothing can be written: (name, DUALBIND_LOG's, what stderr is)."""
    unread, full, disk = (os.path.join(folder, name) for name in ("unread", "full", "disk"))
    os.mkfifo(unread)
    os.mkfifo(full)
    fill(os.open(full, os.O_RDWR))
    pipe, broken = os.pipe(), os.pipe()
    fill(pipe[1])
    os.close(broken[0])
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], check=True)
    with open(os.path.join(disk, "all"), "wb") as file:
        file.write(bytes(4096))
    yield "stderr is a full pipe", "debug", pipe[1]
    yield "stderr is a pipe without a reader", "debug", broken[1]
    yield "stderr is /dev/full", "debug", os.open("/dev/full", os.O_WRONLY)
    yield "a FIFO without a reader", f"debug:{unread}", None
    yield "a FIFO that is full", f"debug:{full}", None
    yield "/dev/full", "debug:/dev/full", None
    yield "a full disk", f"debug:{disk}/log", None
    yield "a folder", f"debug:{disk}", None
    yield "a path that is not there", "debug:/nonexistent/log", None


def logs(folder):
    forms = converted()
    closed = {"log": "debug", "forms": converted((), ["close=2"])}
    yield "log: stderr is closed", [], ["close=2"], closed
    for name, log, stderr in places(folder):
        more = {} if stderr is None else {"stderr": lambda end=stderr: end}
        yield "log: " + name, [], [], {"log": log, "forms": forms, **more}


def descriptors():
    """RLIMIT_NOFILE, from too few for the program to what leaves some for us."""
    names = [name for name in run([], []).blocks if name != "end"]
    for name in names:
        enough, most = run([], [], None, [name]), 4
        while run([], [f"nofile={most}"], None, [name])[:2] != enough[:2]:
            most += 1
        trace = calls.traced(name, play.shim()).trace
        forms = {**converted(), **calls.kept(name, plan.calls_of(trace, play.LIBRARY))}
        for count in range(4, most + MORE + 1):
            yield "RLIMIT_NOFILE", f"{name}: {count} of {most}", judge([], [f"nofile={count}"], scenes=[name],
                                                                       forms=forms, added=count >= most)


def memory():
    """RLIMIT_AS, from what the program needs to that with the library."""
    low, high = 0, 1 << 30
    while high - low > PAGES:
        middle = (low + high) // 2
        low, high = (low, middle) if run([], [f"as={middle}"]).status == play.DONE else (middle, high)
    forms = converted()
    for size in range(high, high + LIBRARY_BYTES, PAGES):
        yield "RLIMIT_AS", f"{(size - high) >> 10} KB above", judge([], [f"as={size}"], forms=forms)


def all_of(options):
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for make in simple, lambda: logs(folder):
            for name, before, limits, more in make():
                yield Fault(name, "", judge(before, limits, **more))
        for make in descriptors, memory:
            every = list(make())
            for scene, fault, play_it in every[::3] if options.quick else every:
                yield Fault(scene, fault, play_it)
        subprocess.run(["umount", os.path.join(folder, "disk")], check=True)
