# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# uvicorn with uvloop and httptools, as most images have it, and with OPTIONS
# (words); on 127.0.0.1 by default. Read by rows after compat.sh.

# shellcheck disable=SC2034 # read by compat.sh
PORT=8000 KEPT=uvicorn PACKAGES='pip:uvicorn[standard]==0.54.0 pip:fastapi==0.165.0'

uvicorn() { # OPTION...
    # shellcheck disable=SC2086 # words
    launch "$VENV/bin/uvicorn" --app-dir "$APPS" --port "$PORT" $OPTIONS "$@" rest:app
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
