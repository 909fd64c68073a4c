#!/bin/sh
# SPDX-License-Identifier: MIT
# gRPC in Go on tcp4, asked for its health by grpcurl; with "tcp" Go
# serves both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='gRPC in Go on tcp4' FAMILY='Programming languages' PORT=50051 MECHANISM=supervise
PACKAGES=go:github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3

version() {
    "$GO" version -m "$GOBIN/go-grpc" | awk '$2 == "google.golang.org/grpc" { print $3 }'
}

build() {
    [ ! -x "$GOBIN/go-grpc" ] || return 0
    mkdir -p "$BUILD/go-grpc.src" && cp "$ROOT/tests/compat/apps/go-grpc/main.go" "$BUILD/go-grpc.src" && (
        cd "$BUILD/go-grpc.src" && rm -f go.mod go.sum && "$GO" mod init go-grpc &&
            timeout 300 "$GO" get google.golang.org/grpc@v1.75.1 &&
            CGO_ENABLED=0 timeout 600 "$GO" build -o "$GOBIN/go-grpc" .
    )
}

ipv4_only() {
    launch "$GOBIN/go-grpc" tcp4 "$PORT"
}

by_default() {
    launch "$GOBIN/go-grpc" tcp "$PORT"
}

work() { # HOST
    client "$GOBIN/grpcurl" -plaintext "$(at "$1"):$PORT" grpc.health.v1.Health/Check | grep SERVING
}

# Of grpcurl's own requests the last is this one.
peer() { # HOST
    work "$1" >/dev/null && sed -n 's/^.* peer //p' "$LOG" | tail -n 1 | sed 's/:[0-9]*$//' | address
}

row
