#!/bin/sh
# SPDX-License-Identifier: MIT
# aiohttp on asyncio; by default it binds each address that getaddrinfo tells.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=python-web.sh
. "$ROOT/tests/compat/python-web.sh"
# shellcheck disable=SC2034 # read by those
TITLE='aiohttp' FAMILY='Application servers' PORT=8080
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES='pip:aiohttp==3.14.5'

ipv4_only() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/aiohttp-peer.py" "$PORT" 0.0.0.0
}

by_default() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/aiohttp-peer.py" "$PORT"
}

row
