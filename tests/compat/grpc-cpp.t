#!/bin/sh
# SPDX-License-Identifier: MIT
# A gRPC server in C++ at 0.0.0.0:PORT, with Debian's gRPC, which itself makes one
# socket for both families of that, where it can.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='gRPC, C++' FAMILY='Programming languages' PORT=50051 CLIENT_SECONDS=20
PACKAGES='apt:libgrpc++-dev apt:pkg-config apt:g++ pip:grpcio==1.85.1'
NEVER_IPV4_ONLY='0.0.0.0 means both families to gRPC'

build() {
    # shellcheck disable=SC2046 # words
    c++ -std=c++17 -O1 -o "$BUILD/grpc-peer" "$ROOT/tests/compat/apps/grpc-peer.cpp" $(pkg-config --cflags --libs grpc++)
}

version() {
    pkg-config --modversion grpc++
}

by_default() {
    launch "$BUILD/grpc-peer" "0.0.0.0:$PORT"
}

work() { # HOST
    peer "$1" | grep .
}

peer() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-peer.py" ask "$(at "$1"):$PORT" | sed 's/%5B/[/; s/%5D/]/' | address
}

row
