#!/bin/sh
# SPDX-License-Identifier: MIT
# What README and the documents quote is what is printed: quoted.py runs it.
# needs: build/libdualbind.so build/dualbind
set -u
cd "$(dirname "$0")/../.." || exit 1
for tool in strace curl ip; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit; }
done
/usr/bin/python3 -c 'import fastapi, uvicorn' 2>/dev/null || { echo '1..0 # SKIP python3-uvicorn and python3-fastapi are not installed'; exit; }
exec env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/docs/quoted.py README.md docs/*.md config/*/README.md CONTRIBUTING.md
