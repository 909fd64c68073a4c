# SPDX-License-Identifier: MIT
"""What the last run measured: the rest of the report in the terminal,
docs/BENCHMARKS.md and its charts."""

import json
import os
import platform
import statistics
import subprocess

import report
import servers
from servers import ROOT

TARGETS = {"preload": 0.99, "nginx, a connection each": 0.97, "UDP echo, recvmmsg": 0.95, "UDP echo, recvfrom": 0.90,
           "DNS (dnsmasq)": 0.90, "DNS (unbound)": 0.90, "supervise": 0.99}
# For these there is none of p99.
DATAGRAMS = ("UDP echo, recvfrom", "UDP echo, recvmmsg", "DNS (dnsmasq)", "DNS (unbound)")
COLORS = ("#1b7837", "#5aae61", "#d6604d", "#f4a582", "#fddbc7", "#b2abd2", "#8073ac", "#878787")


def rows_of(pairs):
    return "\n".join("| " + " | ".join(str(cell) for cell in pair) + " |" for pair in pairs)


def verdict(values, wanted, least):
    """Whether the median is what was wanted, or with 95 % could be what the native one is."""
    low, high = report.interval(values)
    middle = statistics.median(values)
    if (middle >= wanted) if least else (middle <= wanted):
        return "yes"
    equal = 1 if wanted >= 0.97 else wanted
    return "within noise" if low <= equal <= high else "no"


def load_targets(results):
    """Of each workload: what was wanted, what was measured, whether it is met."""
    for title, rows in results.items():
        kind = "supervise" if "supervise" in rows else "preload"
        wanted = TARGETS.get(title, TARGETS[kind])
        rates, late = report.ratios(rows, kind, "rate"), report.ratios(rows, kind, "p99")
        yield (title, kind, wanted, report.spread(rates), report.spread(report.ratios(rows, "again", "rate")),
               verdict(rates, wanted, True), report.spread(late), report.spread(report.ratios(rows, "again", "p99")),
               "not asked" if title in DATAGRAMS else verdict(late, 1.02, False), report.spread(report.ratios(rows, kind, "cpu")))


def at_most(what, unit, measured, wanted):
    return what, f"at most {wanted:,}{unit}", f"{measured:,.0f}{unit}", "yes" if measured <= wanted else "no"


def grows(what, counts, kind="preload"):
    """Constant: with most no more than half as much again as with fewest, as far as the native call is."""
    fewest, *_, most = counts.values()
    ratio, native = most[kind] / fewest[kind], most["native"] / fewest["native"]
    return what, "constant", f"{ratio:.1f} times (native: {native:.1f})", "yes" if ratio <= native * 1.5 else "no"


def cost_targets(micro):
    start = micro["start-up"]
    yield at_most("user instructions at start, over an empty library's", "", start["dualbind"] - start["empty"], 15000)
    yield at_most("system calls at start, besides the loader's", "", start["system calls"], 0)
    yield at_most("the library, stripped", " bytes", micro["size"], 65535)
    yield at_most("dirty pages after start", " kB", micro["memory"]["Anonymous"], 8)
    most, fewest = max(map(int, micro["descriptors"])), min(map(int, micro["descriptors"]))
    yield grows(f"bind, with {most:,} descriptors against {fewest}", micro["descriptors"])
    for call in ("accept", "recvfrom"):
        counts = {count: one[call] for count, one in micro["peers"].items()}
        yield grows(f"{call}, with {int(list(counts)[-1]):,} clients known against {list(counts)[0]}", counts)


def micro_text(micro):
    calls = [(name, f"{one['native']:,.0f}", f"{one['preload']:,.0f}", f"{one['preload'] - one['native']:+,.0f}",
              *(f"{one['instructions'][kind]:,.0f}" for kind in ("native", "preload")))
             for name, one in micro["calls"].items()]
    supervised = [(name, f"{one['native']:,.0f}", f"{one['supervise']:,.0f}")
                  for name, one in micro["supervise"].items()]
    descriptors = [(f"{int(count):,}", *(f"{one[kind] / 1000:,.0f}" for kind in ("native", "preload", "supervise")))
                   for count, one in micro["descriptors"].items()]
    peers = [(f"{int(count):,}", *(f"{one[name][kind]:,.0f}" for name in ("recvfrom", "accept")
                                  for kind in ("native", "preload"))) for count, one in micro["peers"].items()]
    start, memory = micro["start-up"], micro["memory"]
    return f"""## Single calls

Nanoseconds, medians. An IPv6 client calls; natively the server is bound to `::`.
recvmmsg, of 32 at once, and recvfrom are for one datagram. Instructions are the
program's own, as callgrind counts them, without the kernel's. callgrind knows no write
hints: of recvfrom, recvmmsg and sendto it counts the long way. What the short one takes is
in decision [1](decisions/0001-udp-mark.md).

| call | native | with the library | more | instructions, native | with the library |
| --- | --: | --: | --: | --: | --: |
{rows_of(calls)}

Under the supervisor (which sees bind and listen alone; getsockname stands for
every other system call under its filter):

| call | native | supervised |
| --- | --: | --: |
{rows_of(supervised)}

bind with so many descriptors open, microseconds. The library looks through the
process's descriptors for other names of the socket, for epoll instances that
watch it and for the program's own sockets at the port: no system call tells
these at once.

| descriptors | native | with the library | supervised |
| --: | --: | --: | --: |
{rows_of(descriptors)}

With so many clients known, nanoseconds:

| clients | recvfrom, native | with the library | accept, native | with the library |
| --: | --: | --: | --: | --: |
{rows_of(peers)}

## Start-up, memory, size

| what | measured |
| --- | --: |
| user instructions of /bin/true alone | {start['alone']:,} |
| with an empty library preloaded | {start['empty']:,} |
| with dualbind preloaded | {start['dualbind']:,} |
| system calls besides the loader's | {start['system calls']} |
| the library, stripped, bytes | {micro['size']:,} |
| its pages that a process has in memory, kB | {memory['Rss']} |
| of those its own (dirty), kB | {memory['Anonymous']} |
"""


def chart(results, what, title, path):
    """Grouped bars of the ratios to native; gnuplot draws them."""
    kinds = ["preload", "supervise", *servers.PROXIES]
    data = ['"" ' + " ".join(f'"{"dualbind" if kind == "preload" else kind}"' for kind in kinds)]
    for name, rows in results.items():
        cells = [f"{statistics.median(report.ratios(rows, kind, what)):.3f}" if rows.get(kind) else "NaN"
                 for kind in kinds]
        data.append(f'"{name}" ' + " ".join(cells))
    colors = "\n".join(f'set linetype {i + 1} lc rgb "{color}"' for i, color in enumerate(COLORS))
    script = f"""
set terminal svg size 1100,480 dynamic font "sans-serif,13" background "white"
set output "{path}"
set title "{title}"
{colors}
set style data histograms
set style histogram clustered gap 1
set style fill solid border -1
set boxwidth 0.9
set key outside right top
set xtics rotate by -25 scale 0
set grid ytics
set yrange [{'0:1.2' if what == 'rate' else '0.1:*'}]
{'' if what == 'rate' else 'set logscale y'}
$data << END
{chr(10).join(data)}
END
plot 1 with lines lc rgb "#000000" dt 2 notitle, for [i=2:{len(kinds) + 1}] $data using i:xtic(1) title columnheader(i)
"""
    subprocess.run(["gnuplot", "-"], input=script, text=True, check=True)


def main():
    measured = json.loads((ROOT / "build/bench/results.json").read_text())
    micro = json.loads((ROOT / "build/bench/micro.json").read_text())
    results, single = measured["results"], micro_text(micro)
    print(single)
    if not measured["whole"]:
        return
    charts = ROOT / "docs/benchmarks"
    charts.mkdir(exist_ok=True)
    chart(results, "rate", "Requests per second, of native [::]", charts / "throughput.svg")
    chart(results, "p99", "99th percentile of the answer time, of native [::]", charts / "p99.svg")
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "?")
    (ROOT / "docs/BENCHMARKS.md").write_text(f"""# Benchmarks

`make bench` measures; this page is what it wrote (`bench/`). The same unmodified
server natively on `[::]`, which is the limit; "again", the same a second time,
which shows the noise; on `0.0.0.0` under dualbind; and behind what one would
otherwise put in front of it. Every round starts each anew and loads one after
the other, in an order drawn anew, over IPv6 from another network namespace;
ratios are to the native one of the same round: the median, and in brackets
within what it is with 95 %, of {measured['rounds']} rounds; in each a proxy is
loaded once for {measured['seconds']} s, the others twice. The load has a processor
of its own, the server too; a proxy may use both. "Errors" are answers that the
load generator did not get.

{processor}, {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}.

![Throughput](benchmarks/throughput.svg)
![p99](benchmarks/p99.svg)

## Targets

Met: the median is as wanted, or ("within noise") it is not, but what it is with
95 % has in it the native one's (for UDP: what was wanted). "Again" is the native
server a second time.

| workload | by | wanted | requests/s of native | again | met | p99 of native (wanted 1.02) | again | met | CPU time of native |
| --- | --- | --: | --: | --: | --- | --: | --: | --- | --: |
{rows_of(load_targets(results))}

| what | wanted | measured | met |
| --- | --: | --: | --- |
{rows_of(cost_targets(micro))}

{(ROOT / "bench/notes.md").read_text()}
## Throughput and latency

{chr(10).join(report.markdown(title, rows) for title, rows in results.items())}
{single}""")
    print("docs/BENCHMARKS.md and docs/benchmarks/*.svg are written")


if __name__ == "__main__":
    main()
