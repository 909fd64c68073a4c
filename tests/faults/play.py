# SPDX-License-Identifier: MIT
"""Runs a scene under strace, in the worker's own namespaces, and judges what it printed."""

import collections
import difflib
import itertools
import os
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
BUILD = os.path.join(os.path.realpath(ROOT), "build")
SERVER = os.path.join(BUILD, "tests", "faults", "server")
LIBRARY = os.path.join(BUILD, "libdualbind.so")
ALLOW = "*/any 127.0.0.1:8086 [::]:8087"
SECONDS = 30  # a run takes some milliseconds
DONE = 42
UNREACHED = ("not reached", [])

Seen = collections.namedtuple("Seen", "status blocks trace hung")


def environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "POD_IP6") if name in os.environ}
    return {**kept, **more}


def shim(log="off", **more):
    return {"LD_PRELOAD": LIBRARY, "DUALBIND_ALLOW": ALLOW, "DUALBIND_LOG": log, **more}


def end_all():
    """This is the first process of a PID namespace: all others are of the last run."""
    if os.getpid() != 1:
        return
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def blocks_of(text):
    """{scene: (its lines, those of what a conversion adds)}"""
    blocks = {}
    for part in text.split("== ")[1:]:
        name, *lines = part.split("\n")
        blocks[name] = ([line for line in lines if line and not line.startswith("+ ")],
                        [line for line in lines if line.startswith("+ ")])
    return blocks


def run(command, more, seconds=SECONDS, stderr=subprocess.DEVNULL):
    """COMMAND with nothing in its environment but MORE. Its word {trace} is the name of a
    file, whose lines are the trace."""
    with tempfile.NamedTemporaryFile("r", prefix="faults-", encoding="utf-8", errors="replace") as trace:
        command = [trace.name if word == "{trace}" else word for word in command]
        child = subprocess.Popen(command, env=environment(**more), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=stderr)
        hung = False
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            hung = True
            child.kill()
            end_all()
            said, _ = child.communicate()
        end_all()
        return Seen(child.returncode, blocks_of(said.decode("utf-8", "replace")), trace.read().splitlines(), hung)


def strace(more, *options):
    """The words that start a program under strace with MORE in its environment alone."""
    words = ["strace", "-qq", "-i", "-s", "100", "-o", "{trace}"] + list(options)
    for name, value in more.items():
        words += ["-E", f"{name}={value}"]
    return words


def inject(call, fault):
    return f"{fault}:when={call.nth}" if call.nth else fault


def failing(fault):
    return ["-e", f"trace={fault.call}", "-e", f"inject={fault.call}:{fault.fault}"]


def was_hit(seen):
    return any("(INJECTED" in line or "SIGUSR1" in line for line in seen.trace)


def unlike(seen, wanted):
    """What is in SEEN instead of what is WANTED."""
    words = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, wanted, seen, autojunk=False).get_opcodes():
        if kind != "equal":
            words += [f"'{one}' became '{other}'"
                      for one, other in itertools.zip_longest(wanted[i:j], seen[k:m], fillvalue="nothing")]
    return words


def closest(seen, wanted):
    return min((unlike(seen, one) for one in wanted), key=len)


def judge(scene, seen, forms, mixed=False, added=True):
    """(verdict, why). FORMS, by name, are runs that may be: plain lines as in one of them,
    and those of what a conversion adds, too. MIXED: or some as in one, some as in another;
    not ADDED: the latter do not count."""
    if seen.hung or seen.status != DONE:
        return "lost", ["it hung" if seen.hung else f"exit status {seen.status}"]
    lines, ending = seen.blocks.get(scene, ([], [])), seen.blocks.get("end", ([], []))
    allowed = {name: form.blocks[scene] for name, form in forms.items()}
    why = closest(ending[0], [form.blocks["end"][0] for form in forms.values()])
    for name, form in allowed.items():
        if not why and lines[0] == form[0] and (not added or lines[1] == form[1]):
            return ("kept" if name.startswith("kept") else "survived"), []
    if mixed and not why and lines[1] in [form[1] for form in allowed.values()] and \
            all(line in at for line, *at in itertools.zip_longest(lines[0], *(form[0] for form in allowed.values()))):
        return "survived", []
    every = [unlike(lines[0], form[0]) + (unlike(lines[1], form[1]) if added else []) for form in allowed.values()]
    return "lost", why + min(every, key=len)
