#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""quoted.py FILE...: runs what documents quote, and compares what it prints (TAP).

Each block that begins with ```console is a shell of its own in a pod of its own (scripts/pod). A line "$ COMMAND"
is run; the lines up to the next one are what it prints. A command that ends in & goes on, and the next one waits
until it has a listener, or has ended. What differs from run to run, or from machine to machine, is left out of the
comparison: numbers (but not ports and addresses), synthetic addresses, the width of columns, Python's version, the
loader, the machine, and where the library is.

In every block of code and between backquotes: "make TARGET" names a target that there is, "dualbind COMMAND
--OPTION" an option that its help has.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARY = "/usr/local/lib/libdualbind.so"
BUILT = ROOT + "/build/libdualbind.so"

WAIT = r"""
listening() { # PID, and how many listeners there were: one more now, or the process has ended
	tries=0
	until [ "$(listeners)" -gt "$2" ] || ! kill -0 "$1" 2>/dev/null || [ "$tries" -ge 1000 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
}
listeners() { cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 | grep -cE ' (0A|07) '; }
"""


def blocks(path, language=None):
    """(line, language, lines) of each fenced block."""
    fence = None
    for number, line in enumerate(open(path), 1):
        text = line.rstrip("\n")
        match = re.match(r"( *)```(\w*)$", text)
        if match and fence is None:
            fence = (number, match[2], len(match[1]), [])
        elif match:
            if language in (None, fence[1]):
                yield fence[0], fence[1], fence[3]
            fence = None
        elif fence is not None:
            fence[3].append(text[fence[2]:])


def steps(lines):
    """[command, [line that it prints...]] of a block."""
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
        else:
            raise SystemExit("a console block begins with \"$ \": " + line)
    return found


def plain(text):
    text = text.replace(BUILT, LIBRARY)
    text = re.sub(r"\bpython3\.\d+", "python3", text)
    text = re.sub(r"/lib[\w/-]*/ld-[\w.-]+", "LOADER", text)
    text = re.sub(r"\b(x86-64|aarch64)\b", "MACHINE", text)
    text = re.sub(r"\b2[45]\d\.\d+\.\d+\.\d+\b", "SYNTHETIC", text)
    text = re.sub(r"(?<![\w:./\]\[-])\+?\d+(?![\w.:])", "N", text)
    text = re.sub(r"\bpid=\d+", "pid=N", text)
    return [re.sub(r" +", " ", line).strip() for line in text.splitlines() if line.strip()]


def run(commands, folder):
    """What each command of a block printed."""
    script = ["cd " + ROOT, WAIT]
    for number, command in enumerate(commands):
        if command.endswith("make demo"):  # what comes before installs, and builds
            command = "scripts/demo"
        command = command.replace(LIBRARY, BUILT).replace("/tmp/dualbind.log", folder + "/dualbind.log")
        out = "%s/%d" % (folder, number)
        if command.rstrip().endswith("&"):
            script.append("before=$(listeners)\n{ %s\n} >%s 2>&1 </dev/null\nlistening $! \"$before\"" % (command, out))
        else:
            script.append("{ %s\n} >%s 2>&1 </dev/null" % (command, out))
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("DUALBIND_") and name != "LD_PRELOAD"}
    environment["PATH"] = ROOT + "/build:/usr/sbin:/usr/bin:/sbin:/bin"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    subprocess.run([ROOT + "/scripts/pod", "--", ROOT + "/scripts/pod", "exec", "sh", "-c", "\n".join(script)],
                   env=environment, timeout=300, stdout=subprocess.DEVNULL, check=False)
    return [open("%s/%d" % (folder, number)).read() if os.path.exists("%s/%d" % (folder, number)) else "(not run)"
            for number in range(len(commands))]


class Tap:
    number = 0

    def ok(self, good, name, *why):
        self.number += 1
        print("%s %d - %s" % ("ok" if good else "not ok", self.number, name))
        for line in () if good else why:
            print("# " + line, flush=True)


def compare(tap, path):
    for line, _, lines in blocks(path, "console"):
        wanted = steps(lines)
        with tempfile.TemporaryDirectory() as folder:
            seen = run([command for command, _ in wanted], folder)
        for (command, output), printed in zip(wanted, seen):
            if command.rstrip().endswith("&"):
                continue
            good = plain(printed) == plain("\n".join(output))
            tap.ok(good, "%s:%d: %s" % (path, line, command.replace("#", "number sign")),
                   "wanted:", *output, "seen:", *printed.splitlines())


def code(path):
    text = open(path).read()
    for _, _, lines in blocks(path):
        yield from lines
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^ *```.*?^ *```", "", text))


def names(tap, path, targets, options):
    unknown = set()
    for text in code(path):
        for target in re.findall(r"(?:^|[`;&|] *|(?:sudo) )make ([a-z][a-z._-]*)(?![\w=/])", text):
            if target not in targets:
                unknown.add("make " + target)
        for command, rest in re.findall(r"\bdualbind (run|check|ps|rules|install)\b([^|;&]*)", text):
            for word in rest.split():
                if word == "--" or not word.startswith("-"):
                    if command == "run":
                        break
                    continue
                option = word.split("=")[0]
                if option not in options[command]:
                    unknown.add("dualbind %s %s" % (command, option))
    tap.ok(not unknown, path + ": names targets and options that there are", *sorted(unknown))


def main():
    tap = Tap()
    os.chdir(ROOT)
    targets = set(re.findall(r"^make (\S+)", subprocess.run(["make", "help"], capture_output=True, text=True, check=True).stdout, re.M))
    options = {}
    for command in "run", "check", "ps", "rules", "install":
        text = subprocess.run([ROOT + "/build/dualbind", "help", command], capture_output=True, text=True, check=True).stdout
        options[command] = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text)) | {"--help", "-h"}
    for path in sys.argv[1:]:
        compare(tap, path)
        names(tap, path, targets, options)
    print("1..%d" % tap.number)


main()
