# SPDX-License-Identifier: MIT
"""What was measured, as tables and charts. ROWS has for each kind its rounds,
and each round the measurements of that kind in it."""

import math
import statistics


def each(rows, kind, what):
    return [one[what] for measured in rows[kind] for one in measured]


def ratios(rows, kind, what):
    """To the native ones of the same round: one to one, or where the native one
    was measured more often, to their mean."""
    found = []
    for measured, native in zip(rows[kind], rows["native"]):
        base = [one[what] for one in native]
        if len(measured) != len(native):
            base = [statistics.mean(base)] * len(measured)
        found += [one[what] / other for one, other in zip(measured, base) if other > 0]
    return found


def interval(values):
    """Within which the median is with 95 % (94 at least), whatever the
    distribution: by order, and so the lowest to the highest of a few."""
    count, outside, skip = len(values), 0.0, 0
    while True:
        outside += 2 * math.comb(count, skip) / 2**count
        if outside > 0.06 or skip >= (count - 1) // 2:
            break
        skip += 1
    skip = max(skip - 1, 0)
    ordered = sorted(values)
    return ordered[skip], ordered[count - 1 - skip]


def spread(values, digits=2):
    if not values:
        return "-"
    low, high = interval(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def median(rows, kind, what):
    return statistics.median(each(rows, kind, what))


COLUMNS = ("", "requests/s", "of native", "p50, us", "p99, us", "p99 of native", "CPU us/request",
           "CPU of native", "memory, MB", "processes")


def lines(rows):
    for kind in rows:
        errors = sum(each(rows, kind, "errors"))
        yield (f"{kind} ({errors:,} errors)" if errors else kind, f"{median(rows, kind, 'rate'):,.0f}", spread(ratios(rows, kind, "rate")),
               f"{median(rows, kind, 'p50'):,.0f}", f"{median(rows, kind, 'p99'):,.0f}",
               spread(ratios(rows, kind, "p99")), f"{median(rows, kind, 'cpu'):.1f}",
               spread(ratios(rows, kind, "cpu")),
               f"{median(rows, kind, 'memory') / 1024:.1f}", f"{median(rows, kind, 'processes'):.0f}")


def table(title, rows):
    """For the terminal."""
    text = [COLUMNS, *lines(rows)]
    widths = [max(len(line[i]) for line in text) for i in range(len(COLUMNS))]
    body = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(line, widths))) for line in text]
    return "\n".join([title, *("  " + line for line in body), ""])


def markdown(title, rows):
    text = [COLUMNS, ("---", *("--:" for _ in COLUMNS[1:])), *lines(rows)]
    return "\n".join([f"### {title}", "", *("| " + " | ".join(line) + " |" for line in text), ""])
