#!/bin/sh
# SPDX-License-Identifier: MIT
# Python's UDP servers: asyncio's datagram endpoint, with its own loop and with
# uvloop (that is libuv), socketserver, and a plain socket. All unpack or pass
# on the address that comes with a datagram, as one of AF_INET.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need_python uvloop
forms ipv6 dual

for way in asyncio uvloop blocking socketserver; do
    diag "$way"
    battery_udp 5000 "$PYTHON" "$APPS/udp-peer.py" "$way" 5000
done
done_testing
