#!/bin/sh
# SPDX-License-Identifier: MIT
# Netty's datagrams on its native epoll transport: recvmmsg, the address that was
# asked, UDP_GRO, two sockets that share the port.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=netty.sh
. "$ROOT/tests/compat/netty.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Netty datagrams, native epoll' FAMILY='Programming languages' PORT=5000 PROTOCOL=udp LISTENERS=''
CLASS=NettyUdpPeer

work() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" --many 20 "$1" "$PORT" | grep -qx 20
}

peer() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" | java_address
}

row
