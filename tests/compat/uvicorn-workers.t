#!/bin/sh
# uvicorn with two workers, which its parent spawns and hands the socket to; on
# 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='uvicorn, two workers' FAMILY='Application servers' PORT=8000
KEPT=uvicorn PACKAGES='pip:uvicorn[standard]==0.54.0 pip:fastapi==0.165.0'

version() {
    "$VENV/bin/uvicorn" --version | awk '{ print $3 }'
}

uvicorn() { # OPTION...
    launch "$VENV/bin/uvicorn" --app-dir "$APPS" --workers 2 --port "$PORT" "$@" rest:app
}

ipv4_only() {
    uvicorn --host 0.0.0.0
}

by_default() {
    uvicorn
}

work() { # HOST
    http "$1" /pid | grep -qx '[0-9]*'
}

peer() { # HOST
    http "$1" /
}

row
