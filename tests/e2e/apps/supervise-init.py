# SPDX-License-Identifier: MIT
"""supervise-init.py MODE [ARG...]: programs for the tests of what a supervisor
owes to the one it has started.

signals   print "ready", then the name of each signal that comes, until TERM: exit 9
default   print "ready" and sleep: whatever signal comes does what it does by default
queued    print "ready", wait for USR1, and print its code (sigaction(2); SI_QUEUE is -1)
group     signal its own process group with USR1, and print how often that came
orphans   leave twenty orphans, which end at once, and print how many stay zombies
daemon P  as a daemon does: this process ends with 4, and leaves one in a session of
          its own, which binds port P a second later
late P    listen on port P, print "ready", and at USR1 listen on P + 1 and print
          "done" or the error
"""

import os
import signal
import socket
import sys
import time

LATER = 1.0


def listen(port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen()
    return listener


def say(*words):
    """One write: a signal handler may say something in the midst of it."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def signals():
    for number in sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}):
        try:
            signal.signal(number, lambda number, _: sys.exit(9) if number == signal.SIGTERM else say(number))
        except OSError:
            pass  # the C library's own
    say("ready")
    while True:
        time.sleep(60)


def queued():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    say("ready")
    say("code", signal.sigwaitinfo([signal.SIGUSR1]).si_code)


def zombies():
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                count += stat.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            pass
    return count


def orphans():
    for _ in range(20):
        child = os.fork()
        if child == 0:
            if os.fork() == 0:
                time.sleep(0.2)
            os._exit(0)
        os.waitpid(child, 0)
    time.sleep(LATER)
    say(zombies())


def group():
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    os.kill(0, signal.SIGUSR1)
    time.sleep(0.3)
    say("ready", len(seen))


def daemon(port):
    if os.fork() == 0:
        os.setsid()
        time.sleep(LATER)
        listener = listen(port)
        with listener.accept()[0] as connection:
            connection.sendall(b"daemon")
        os._exit(0)
    os._exit(4)


def late(port):
    listeners = [listen(port)]

    def another(*_):
        try:
            listeners.append(listen(port + 1))
            say("done")
        except OSError as error:
            say(error.strerror)

    signal.signal(signal.SIGUSR1, another)
    say("ready")
    while True:
        time.sleep(60)


mode, arguments = sys.argv[1], [int(word) for word in sys.argv[2:]]
if mode == "default":
    say("ready")
    time.sleep(60)
else:
    {"signals": signals, "queued": queued, "group": group, "orphans": orphans, "daemon": daemon, "late": late}[mode](*arguments)
