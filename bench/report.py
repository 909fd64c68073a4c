"""What was measured, as tables and charts."""

import statistics


def ratios(rows, kind, what):
    """To the native one of the same round."""
    return [one[what] / native[what] for one, native in zip(rows[kind], rows["native"]) if native[what] > 0]


def spread(values, digits=2):
    if not values:
        return "-"
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def median(rows, kind, what):
    return statistics.median(one[what] for one in rows[kind])


COLUMNS = ("", "requests/s", "of native", "p50, us", "p99, us", "p99 of native", "CPU us/request", "memory, MB",
           "processes")


def lines(rows):
    for kind in rows:
        errors = sum(one["errors"] for one in rows[kind])
        yield (f"{kind} ({errors:,} errors)" if errors else kind, f"{median(rows, kind, 'rate'):,.0f}", spread(ratios(rows, kind, "rate")),
               f"{median(rows, kind, 'p50'):,.0f}", f"{median(rows, kind, 'p99'):,.0f}",
               spread(ratios(rows, kind, "p99")), f"{median(rows, kind, 'cpu'):.1f}",
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
