#!/bin/sh
# SPDX-License-Identifier: MIT
# Hypercorn, whose parent binds, and which forks two workers; on 127.0.0.1 by
# default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Hypercorn, two workers' FAMILY='Application servers' PORT=8000
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:hypercorn[uvloop]==0.18.0'

ipv4_only() {
    launch "$VENV/bin/hypercorn" --workers 2 --bind "0.0.0.0:$PORT" "$ROOT/tests/compat/apps/asgi.py:app"
}

by_default() {
    launch "$VENV/bin/hypercorn" --workers 2 "$ROOT/tests/compat/apps/asgi.py:app"
}

row
