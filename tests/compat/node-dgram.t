#!/bin/sh
# SPDX-License-Identifier: MIT
# node's dgram: udp4 sockets in a cluster, whose workers share the primary's
# socket.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck disable=SC2034 # read by compat.sh
TITLE='node, dgram in a cluster' FAMILY='Programming languages' PORT=5000 PROTOCOL=udp PACKAGES=apt:nodejs
NO_DEFAULT='udp4 is asked for'

version() {
    node --version
}

ipv4_only() {
    launch node "$APPS/udp-peer.js" "$PORT" 2
}

work() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" | grep .
}

peer() { # HOST
    work "$1"
}

row
