#!/bin/sh
# SPDX-License-Identifier: MIT
# NATS, a Go program: what it is told to bind as 0.0.0.0, its default, Go binds
# as :: for both families. A message goes from one client to another.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=NATS FAMILY='Message brokers' PORT=4222 MECHANISM=supervise PACKAGES='apt:nats-server pip:nats-py==2.7.2'
NEVER_IPV4_ONLY='Go binds 0.0.0.0 as :: for both families'

version() {
    nats-server --version | sed 's/.*v//'
}

by_default() {
    launch "$(command -v nats-server)" --port "$PORT" --debug --trace
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/nats-ask.py" "$(at "$1")" "$PORT"
}

peer() { # HOST
    work "$1" && sed -n 's/^.* \([^ ]*\):[0-9]* - cid:[0-9]* - Client connection created.*$/\1/p' "$LOG" | tail -n 1 | address
}

row
