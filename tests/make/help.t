#!/bin/sh
# SPDX-License-Identifier: MIT
# That make help tells of each target, and compile_commands.json is one that can be read.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
unset MAKEFLAGS MAKELEVEL
export LC_ALL=C

# These are there for the sake of others.
inner='FORCE faulty other-architecture'

told=$(make --no-print-directory help)
phony=$(make --no-print-directory --print-data-base --dry-run help | sed -n 's/^\.PHONY: //p' | tr ' ' '\n' | sort)
is 'make help tells of each .PHONY target' "$(echo "$told" | awk '{ print $2 }' | grep -v '\.json$' | sort)" \
	"$(echo "$phony" | grep -vxF "$(echo "$inner" | tr ' ' '\n')")"
is '... in a line that a terminal holds' "$(echo "$told" | awk 'length > 110 || NF < 3')" ''

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cp -r Makefile shim tests bench config docs "$work/tree"
make --no-print-directory -C "$work/tree" compile_commands.json
is 'compile_commands.json has each source of shim/, and flags that compile it' "$(/usr/bin/python3 - "$work/tree" <<'END'
import json, os, subprocess, sys

os.chdir(sys.argv[1])
with open("compile_commands.json") as file:
    entries = json.load(file)
missing = {os.path.join(at, name) for at, _, names in os.walk("shim") for name in names if name.endswith(".c")}
missing -= {entry["file"] for entry in entries}
first = entries[0]
status = subprocess.run(first["command"] + " -fsyntax-only", shell=True, cwd=first["directory"]).returncode
print(sorted(missing), status)
END
)" '[] 0'
echo 1..$number
