# SPDX-License-Identifier: MIT
"""supervise-tty.py COMMAND...: run COMMAND in a terminal of its own, started by
a job-control shell of one job, and see what the terminal's signals do.

COMMAND must start a python that runs this file with --inside. Prints, in order:
whether the terminal was the job's; how many SIGINT a ^C made, SIGWINCH a change
of size, and SIGCONT so far; the same after a ^Z that the program ignores; whether
a ^Z stopped the whole job; whether it went on; the numbers again; and its exit
status.
"""

import fcntl
import os
import pty
import signal
import struct
import sys
import termios
import time

counts = {signal.SIGINT: 0, signal.SIGWINCH: 0, signal.SIGCONT: 0}


def inside():
    def count(number, _):
        counts[number] += 1

    for number in counts:
        signal.signal(number, count)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    signal.signal(signal.SIGUSR2, lambda *_: signal.signal(signal.SIGTSTP, signal.SIG_DFL))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"counts %d %d %d\n" % tuple(counts.values())))
    print("ready", os.tcgetpgrp(0) == os.getpgrp(), os.isatty(0), flush=True)
    while True:
        time.sleep(0.05)


def shell(command):
    """The session's leader: one job in a group of its own, in the foreground."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            os.tcsetpgrp(0, os.getpgrp())
            print("stopped", flush=True)
            time.sleep(0.3)
            os.tcsetpgrp(0, job)
            os.killpg(job, signal.SIGCONT)
            print("continued", flush=True)
            continue
        print("ended", os.waitstatus_to_exitcode(status), flush=True)
        os._exit(0)


def outside(command):
    pid, terminal = pty.fork()
    if pid == 0:
        shell(command)
    seen = ""

    def expect(*words):
        """The next whole line that starts with one of WORDS."""
        nonlocal seen
        while True:
            *lines, seen = seen.split("\n")
            for i, line in enumerate(lines):
                if line.strip().startswith(words):
                    seen = "\n".join(lines[i + 1:] + [seen])
                    return line.strip()
            data = os.read(terminal, 4096)
            if not data:
                sys.exit("the terminal was closed")
            seen += data.decode().replace("^C", "").replace("^Z", "")

    print(expect("ready True True"))
    os.write(terminal, b"\x03")
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    time.sleep(0.5)
    job = int(os.popen(f"ps -o pid= --ppid {pid}").read().split()[0])
    os.kill(job, signal.SIGUSR1)
    print(expect("counts "))
    os.write(terminal, b"\x1a")
    time.sleep(0.5)
    os.kill(job, signal.SIGUSR1)
    print("ignored", expect("counts ", "stopped"))
    os.kill(job, signal.SIGUSR2)
    time.sleep(0.2)
    os.write(terminal, b"\x1a")
    print(expect("stopped"))
    print(expect("continued"))
    time.sleep(0.3)
    os.kill(job, signal.SIGUSR1)
    print(expect("counts "))
    os.kill(job, signal.SIGTERM)
    print(expect("ended "))


if sys.argv[1] == "--inside":
    inside()
signal.alarm(30)
outside(sys.argv[1:])
