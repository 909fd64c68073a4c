#!/bin/sh
# SPDX-License-Identifier: MIT
# Twisted Web on the endpoint tcp, which is 0.0.0.0; for both families it is
# given ::.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Twisted Web' FAMILY='Application servers' PORT=8080
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:twisted==26.10.0'

web() { # OPTION...
    launch env PYTHONPATH="$APPS" "$VENV/bin/twist" web "$@" --wsgi wsgi.app
}

ipv4_only() {
    web --listen "tcp:$PORT"
}

by_default() {
    web --listen "tcp:$PORT:interface=\\:\\:"
}

row
