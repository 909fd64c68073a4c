#!/bin/sh
# SPDX-License-Identifier: MIT
# Jupyter server with ip=0.0.0.0, as in its images; it is on localhost, both
# families, by default. A kernel runs a line of Python.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Jupyter server' FAMILY='Model serving' PORT=8888 PACKAGES='pip:jupyter-server==2.21.1 pip:ipykernel==7.4.0'
START_SECONDS=40 CLIENT_SECONDS=30 FORM_SECONDS=400

jupyter() { # OPTION...
    launch env HOME="$DIR" JUPYTER_RUNTIME_DIR="$DIR/runtime" PATH="$VENV/bin:$PATH" "$VENV/bin/jupyter-server" \
        --allow-root --no-browser --port="$PORT" --ServerApp.port_retries=0 --IdentityProvider.token=secret \
        --ServerApp.allow_remote_access=True --debug "$@"
}

ipv4_only() {
    jupyter --ip=0.0.0.0
}

by_default() {
    jupyter
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/jupyter-work.py" "$(at "$1"):$PORT" secret | grep -qx 42
}

ready() { # HOST
    http "$1" '/api/status?token=secret'
}

# It logs the address of each request, and this one has a name of its own.
peer() { # HOST
    asked=$(date +%s%N)
    http "$1" "/api/status?token=secret&asked=$asked" >/dev/null &&
        sed -n "s/.*(@\([0-9a-f.:]*\)).*asked=$asked.*/\1/p; s/.*asked=$asked.* (\([^@]*@\)*\([0-9a-f.:]*\)) .*/\2/p" "$LOG"
}

log_filter() {
    grep -v 'debug\| D [0-9]\|^\[D '
}

row
