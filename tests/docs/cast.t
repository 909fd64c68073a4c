#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/demo.svg, the recording of the demo, is what the demo prints.
# needs: build/libdualbind.so
set -u
cd "$(dirname "$0")/../.." || exit 1
/usr/bin/python3 -c 'import fastapi, uvicorn' 2>/dev/null || { echo '1..0 # SKIP python3-uvicorn and python3-fastapi are not installed'; exit; }
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
is 'docs/demo.svg is the demo of now' "$(scripts/cast --check 2>&1)" ''
/usr/bin/python3 -c 'import sys, xml.dom.minidom
for name in sys.argv[1:]: xml.dom.minidom.parse(name)' docs/*.svg 2>/dev/null
is 'all pictures are sound XML' "$?" 0
echo 1..$number
