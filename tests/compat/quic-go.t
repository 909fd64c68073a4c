#!/bin/sh
# SPDX-License-Identifier: MIT
# quic-go on udp4. Go's socket calls pass the library by, and under the supervisor UDP stays
# IPv4, since Go takes each sender on a udp4 socket for an IPv4 one.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='quic-go (Go)' FAMILY='Programming languages' PORT=4433 PROTOCOL=udp MECHANISM=supervise PACKAGES='apt:golang-go apt:openssl'
LEFT='port=4433/udp' CLIENT_SECONDS=60
NOTES='400 streams in 8 connections at once: none wrong'
MODULE=github.com/quic-go/quic-go@v0.65.0

version() {
    echo "${MODULE#*@}"
}

build() {
    [ ! -x "$GOBIN/quic-go-peer" ] || return 0
    mkdir -p "$BUILD/quic-go.src" && cp "$ROOT/tests/compat/apps/quic-go-peer/main.go" "$BUILD/quic-go.src" && (
        cd "$BUILD/quic-go.src" && rm -f go.mod go.sum && "$GO" mod init quic-go-peer && "$GO" get "$MODULE" &&
            CGO_ENABLED=0 timeout 600 "$GO" build -o "$GOBIN/quic-go-peer" .
    )
}

prepare() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=server \
        -addext subjectAltName=DNS:server -keyout "$DIR/key" -out "$DIR/crt" 2>/dev/null
}

ipv4_only() {
    launch "$GOBIN/quic-go-peer" serve udp4 "$PORT" "$DIR/crt" "$DIR/key"
}

by_default() {
    launch "$GOBIN/quic-go-peer" serve udp "$PORT" "$DIR/crt" "$DIR/key"
}

asks() { # HOST CONNECTIONS STREAMS
    client "$GOBIN/quic-go-peer" ask "$(at "$1"):$PORT" "$DIR/crt" "$2" "$3"
}

ready() { # HOST
    asks "$1" 1 1
}

work() { # HOST
    asks "$1" 8 50
}

peer() { # HOST
    asks "$1" 1 1 | head -n 1
}

row
