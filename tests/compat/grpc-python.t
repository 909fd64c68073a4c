#!/bin/sh
# A gRPC server in Python at 0.0.0.0:PORT.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='gRPC, Python' FAMILY='Application servers' PORT=50051 PACKAGES=pip:grpcio==1.85.1
CLIENT_SECONDS=20

version() {
    "$VENV/bin/python" -c 'import grpc; print(grpc.__version__)'
}


ipv4_only() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" serve "0.0.0.0:$PORT"
}

by_default() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" serve "[::]:$PORT"
}

work() { # HOST
    peer "$1" | grep .
}

peer() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" ask "$(at "$1"):$PORT" | address
}

row
