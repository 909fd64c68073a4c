#!/bin/sh
# SPDX-License-Identifier: MIT
# Tornado, which forks after it has bound; by default it binds each address that
# getaddrinfo tells, an IPv6-only socket among them.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Tornado, two processes' FAMILY='Application servers' PORT=8888
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:tornado==6.6.1'

ipv4_only() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/tornado-peer.py" "$PORT" 0.0.0.0
}

by_default() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/tornado-peer.py" "$PORT"
}

row
