#!/bin/sh
# SPDX-License-Identifier: MIT
# A gRPC server in Python at 0.0.0.0:PORT. gRPC itself makes one socket for both
# families of it, where it can.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='gRPC, Python' FAMILY='Programming languages' PORT=50051 PACKAGES=pip:grpcio==1.85.1
CLIENT_SECONDS=20 NEVER_IPV4_ONLY='0.0.0.0 means both families to gRPC'


by_default() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" serve "0.0.0.0:$PORT"
}

work() { # HOST
    peer "$1" | grep .
}

peer() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" ask "$(at "$1"):$PORT" | address
}

row
