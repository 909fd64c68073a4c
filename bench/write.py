"""What the last run measured: the rest of the report in the terminal,
docs/BENCHMARKS.md and its charts."""

import json
import os
import platform
import statistics
import subprocess

import report
from servers import ROOT

TARGETS = {"preload": 0.99, "nginx, a connection each": 0.97, "UDP echo, recvmmsg": 0.95, "UDP echo, recvfrom": 0.90,
           "DNS (unbound)": 0.90, "supervise": 0.99}
COLORS = ("#1b7837", "#5aae61", "#d6604d", "#f4a582", "#b2abd2", "#8073ac", "#878787")


def rows_of(pairs):
    return "\n".join("| " + " | ".join(str(cell) for cell in pair) + " |" for pair in pairs)


def targets(results):
    """Of each workload: what was wanted, what was measured, whether it is met."""
    for title, rows in results.items():
        kind = "supervise" if "supervise" in rows else "preload"
        wanted = TARGETS.get(title, TARGETS[kind])
        ratios, noise = report.ratios(rows, kind, "rate"), report.ratios(rows, "again", "rate")
        late = report.ratios(rows, kind, "p99")
        met = "yes" if statistics.median(ratios) >= wanted else \
            "within noise" if max(ratios) >= 1 and statistics.median(ratios) >= min(noise) else "no"
        yield title, kind, wanted, report.spread(ratios), report.spread(noise), met, report.spread(late)


def micro_text(micro):
    calls = [(name, f"{one['native']:,.0f}", f"{one['preload']:,.0f}", f"{one['preload'] - one['native']:+,.0f}")
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
recvmmsg and recvfrom are for one datagram.

| call | native | with the library | more |
| --- | --: | --: | --: |
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

| what | measured | target |
| --- | --: | --: |
| user instructions of /bin/true alone | {start['alone']:,} | |
| with an empty library preloaded | {start['empty']:,} | |
| with dualbind preloaded | {start['dualbind']:,} | |
| more than the empty library | {start['dualbind'] - start['empty']:,} | at most 15,000 |
| system calls more than the empty library's | {start['system calls']} | 0 |
| the library, stripped, bytes | {micro['size']:,} | less than 65,536 |
| its pages that a process has in memory, kB | {memory['Rss']} | |
| of those its own (dirty), kB | {memory['Private_Dirty']} | at most 8 |
"""


def chart(results, what, title, path):
    """Grouped bars of the ratios to native; gnuplot draws them."""
    kinds = ["preload", "supervise", "haproxy", "nginx stream", "6tunnel", "systemd-socket-proxyd", "socat"]
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
    if measured["quick"]:
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
ratios are to the native one of the same round: median (lowest to highest) of
{measured['rounds']} rounds of {measured['seconds']} s. Client and server share the machine's
processors, so a proxy's work is taken from both. "Errors" are answers that the
load generator did not get, all of them behind proxies.

{processor}, {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}.

![Throughput](benchmarks/throughput.svg)
![p99](benchmarks/p99.svg)

## Targets

| workload | by | wanted | of native | noise | met | p99 of native (wanted 1.02) |
| --- | --- | --: | --: | --: | --- | --: |
{rows_of(targets(results))}

## Throughput and latency

{chr(10).join(report.markdown(title, rows) for title, rows in results.items())}
{single}""")
    print("docs/BENCHMARKS.md and docs/benchmarks/*.svg are written")


if __name__ == "__main__":
    main()
