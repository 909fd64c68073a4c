#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""coverage.py LCOV TREE: lines and branches of TREE's shim/ that tests reached,
file by file, and the lines that none did, function by function, with the reason
that tests/coverage-exceptions gives, and which of those explain nothing any more."""

import os
import sys

BY_CHANCE = "by chance: "  # of a reason: some runs reach it
COUNTERS = "shim/preload/counters.c"  # is made by tests/coverage
HERE = os.path.dirname(os.path.abspath(__file__))


class File:
    def __init__(self):
        self.lines, self.functions, self.branches = {}, {}, {}

    def function_at(self, line):
        before = [(start, name) for start, name in self.functions.items() if start <= line]
        return max(before, default=(0, "-"))[1]

    def reached(self):
        return sum(count > 0 for count in self.lines.values()), sum(self.branches.values())


def read(path, tree):
    """A file that is in several programs comes several times: any that reaches a
    line has reached it."""
    files, file = {}, None
    with open(path, encoding="utf-8") as lcov:
        for line in lcov:
            word, _, rest = line.rstrip("\n").partition(":")
            if word == "SF":
                name = os.path.relpath(rest, tree)
                ours = name.startswith("shim/") and name != COUNTERS
                file = files.setdefault(name, File()) if ours else None
            elif file is None:
                continue
            elif word == "FN":
                start, name = rest.split(",", 1)
                file.functions[int(start)] = name.rsplit(":", 1)[-1]
            elif word == "DA":
                number, count = (int(field) for field in rest.split(",")[:2])
                file.lines[number] = max(file.lines.get(number, 0), count)
            elif word == "BRDA":
                place, count = rest.rsplit(",", 1)
                file.branches[place] = file.branches.get(place, False) or count not in ("-", "0")
    return files


def exceptions():
    """"FILE FUNCTION[,FUNCTION...] reason" of each line of the list."""
    entries = {}
    with open(os.path.join(HERE, "coverage-exceptions"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, functions, reason = line.rstrip("\n").split(" ", 2)
                entries.update({(name, function): reason for function in functions.split(",")})
    return entries


def ranges(numbers):
    text = []
    for number in sorted(numbers):
        if text and text[-1][1] == number - 1:
            text[-1][1] = number
        else:
            text.append([number, number])
    return ", ".join(str(one) if one == other else f"{one}-{other}" for one, other in text)


def percent(part, whole):
    return f"{part:5} of {whole:5} {100 * part / whole if whole else 100:6.1f}%"


def table(files):
    """Each file, then the sum of each folder and of all."""
    rows = {}
    for name in sorted(files):
        lines, branches = files[name].reached()
        rows[name] = lines, len(files[name].lines), branches, len(files[name].branches)
    for folder in sorted(set(map(os.path.dirname, files))) + ["shim"]:
        rows[folder] = [sum(column) for column in zip(*(rows[name] for name in files if name.startswith(folder)))]
    print(f"{'':34}{'lines':>22}{'branches':>22}")
    for name, numbers in rows.items():
        print(f"{name:34}{percent(*numbers[:2])}{percent(*numbers[2:])}")


def main(path, tree):
    files, reasons, used, unexplained = read(path, tree), exceptions(), set(), 0
    table(files)
    print("\nNot reached:")
    for name in sorted(files):
        missed = {}
        for number, count in files[name].lines.items():
            if count == 0:
                missed.setdefault(files[name].function_at(number), []).append(number)
        for function, numbers in sorted(missed.items(), key=lambda item: item[1]):
            reason = reasons.get((name, function))
            used.add((name, function))
            unexplained += reason is None
            print(f"  {name}:{ranges(numbers)} {function}: {reason or 'no reason is listed'}")
    stale = sorted(entry for entry in set(reasons) - used if not reasons[entry].startswith(BY_CHANCE))
    for name, function in stale:
        print(f"  {name} {function}: reached, but listed in tests/coverage-exceptions")
    print(f"{unexplained} without a reason, {len(stale)} reasons without a line")


if __name__ == "__main__":
    main(*sys.argv[1:])
