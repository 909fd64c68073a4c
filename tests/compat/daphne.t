#!/bin/sh
# SPDX-License-Identifier: MIT
# Daphne, which is on Twisted; on 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Daphne' FAMILY='Application servers' PORT=8000
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:daphne==4.2.3'

daphne() { # OPTION...
    launch env PYTHONPATH="$ROOT/tests/compat/apps" "$VENV/bin/daphne" "$@" asgi:app
}

ipv4_only() {
    daphne --bind 0.0.0.0 --port "$PORT"
}

by_default() {
    daphne
}

row
