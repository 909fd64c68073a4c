#!/bin/sh
# SPDX-License-Identifier: MIT
# The uvicorn command on uvloop: libuv binds and accepts, not Python.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
need_python uvloop
forms ipv6 dual
battery 8080 "$PYTHON" -m uvicorn --app-dir "$APPS" --loop uvloop --host 0.0.0.0 --port 8080 rest:app
done_testing
