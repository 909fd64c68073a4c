#!/bin/sh
# A gRPC server in C++ at 0.0.0.0:PORT, with Debian's gRPC and its health
# service. gRPC itself makes one socket for both families of it, where it can.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='gRPC, C++' FAMILY='Application servers' PORT=50051 CLIENT_SECONDS=20
PACKAGES='apt:libgrpc++-dev apt:pkg-config apt:g++ pip:grpcio==1.85.1'
NEVER_IPV4_ONLY='0.0.0.0 means both families to gRPC' NOT_TOLD='its health service tells nobody'

build() {
    # shellcheck disable=SC2046 # words
    c++ -std=c++17 -O1 -o "$BUILD/grpc-health" "$ROOT/tests/compat/apps/grpc-health.cpp" $(pkg-config --cflags --libs grpc++)
}

version() {
    pkg-config --modversion grpc++
}

by_default() {
    launch "$BUILD/grpc-health" "0.0.0.0:$PORT"
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/grpc-health.py" "$(at "$1"):$PORT" | grep -qx SERVING
}

row
