#!/bin/sh
# SPDX-License-Identifier: MIT
# Waitress, which waits in asyncore, with poll; by default on 0.0.0.0.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Waitress' FAMILY='Application servers' PORT=8080
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:waitress==3.0.2'

waitress() { # OPTION...
    launch env PYTHONPATH="$APPS" "$VENV/bin/waitress-serve" "$@" wsgi:app
}

ipv4_only() {
    waitress --listen="0.0.0.0:$PORT"
}

by_default() {
    waitress
}

row
