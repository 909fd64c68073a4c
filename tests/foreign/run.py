"""run.py RESULTS NAME...: run somebody else's unittest modules, classes or
tests; write one line for each test: "pass", "skip" or "fail", and its name.
A test that hangs ends the run, with where it hung: STUCK_SECONDS."""

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

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "pass"
        faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)

    def stopTest(self, test):
        super().stopTest(test)
        faulthandler.cancel_dump_traceback_later()
        if os.getpid() == self.pid:
            os.write(self.lines, f"{self.outcome} {test.id()}\n".encode())

    def tell(self, test, error):
        print(f"--- {test.id()}", self._exc_info_to_string(error, test), sep="\n", flush=True)
        self.outcome = "fail"

    def addError(self, test, err):
        self.tell(test, err)
        if not isinstance(test, unittest.TestCase):  # a fixture of a class
            os.write(self.lines, f"fail {test.id()}\n".encode())

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


def main():
    path, names = sys.argv[1], sys.argv[2:]
    suite = unittest.TestSuite(test for name in names for test in tests_of(load(name)))
    suite.run(Lines(path))


if __name__ == "__main__":
    main()
