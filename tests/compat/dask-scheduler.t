#!/bin/sh
# SPDX-License-Identifier: MIT
# Dask's scheduler on 0.0.0.0; without --host it has a socket of each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Dask scheduler' FAMILY='Model serving' PORT=8786 PACKAGES=pip:distributed==2026.8.0
START_SECONDS=40 CLIENT_SECONDS=40 FORM_SECONDS=500

scheduler() { # OPTION...
    launch env HOME="$DIR" TMPDIR="$DIR" "$VENV/bin/dask" scheduler --no-dashboard --no-show "$@"
}

ipv4_only() {
    scheduler --host tcp://0.0.0.0
}

by_default() {
    scheduler --port "$PORT"
}

# A worker joins, and computes for a client.
work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/dask-work.py" "tcp://$(at "$1"):$PORT" | grep -q '^42 '
}

peer() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/dask-work.py" "tcp://$(at "$1"):$PORT" | address
}

row
