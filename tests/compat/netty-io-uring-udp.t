#!/bin/sh
# SPDX-License-Identifier: MIT
# Netty's datagrams on its io_uring transport, which takes all names for AF_INET's.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=netty-io-uring.sh
. "$ROOT/tests/compat/netty-io-uring.sh"
TITLE='Netty datagrams, native io_uring' FAMILY='Programming languages' PORT=5000 PROTOCOL=udp LEFT='uses io_uring'

work() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" --many 20 "$1" "$PORT" | grep -qx 20
}

peer() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" | java_address
}

row
