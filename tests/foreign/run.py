# SPDX-License-Identifier: MIT
"""run.py RESULTS NAME...: run somebody else's unittest modules, classes or
tests; write one line for each test: "pass", "skip" or "fail", and its name.
A test that hangs (STUCK_SECONDS) or ends the process has failed, and the rest
go on in another one."""

import faulthandler
import importlib
import os
import sys
import unittest

STUCK_SECONDS = 120
HANG_NATIVELY = ("VSOCK",)  # a machine may have /dev/vsock and nobody behind it


class Lines(unittest.TestResult):
    def __init__(self, path):
        super().__init__()
        self.lines = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)
        self.outcome = None
        self.pid = os.getpid()

    def write(self, outcome, test):
        os.write(self.lines, f"{outcome} {test.id()}\n".encode())

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "pass"
        self.write("start", test)
        faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)

    def stopTest(self, test):
        super().stopTest(test)
        faulthandler.cancel_dump_traceback_later()
        if os.getpid() == self.pid:
            self.write(self.outcome, test)

    def tell(self, test, error):
        print(f"--- {test.id()}", self._exc_info_to_string(error, test), sep="\n", flush=True)
        self.outcome = "fail"

    def addError(self, test, err):
        self.tell(test, err)
        if not isinstance(test, unittest.TestCase):  # a fixture of a class
            self.write("fail", test)

    def addFailure(self, test, err):
        self.tell(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.tell(subtest, err)

    def addSkip(self, test, reason):
        self.outcome = "skip"


def load(name):
    """A package says by load_tests what it holds; a test has a longer name
    than its module."""
    loader = unittest.defaultTestLoader
    try:
        return loader.loadTestsFromModule(importlib.import_module(name))
    except ModuleNotFoundError:
        return loader.loadTestsFromName(name)


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        elif not any(word in test.id() for word in HANG_NATIVELY):
            yield test


def outcomes(path):
    """The last word of each test."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return dict(reversed(line.rstrip("\n").split(" ", 1)) for line in file)


def main():
    path, names = sys.argv[1], sys.argv[2:]
    while True:
        child = os.fork()
        if child == 0:
            done = outcomes(path)
            suite = unittest.TestSuite(test for name in names for test in tests_of(load(name)) if test.id() not in done)
            suite.run(Lines(path))
            sys.exit()
        os.waitpid(child, 0)
        ended = [test for test, outcome in outcomes(path).items() if outcome == "start"]
        if not ended:
            break
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(f"fail {test}\n" for test in ended)


if __name__ == "__main__":
    main()
