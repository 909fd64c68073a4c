#!/bin/sh
# SPDX-License-Identifier: MIT
# quinn, QUIC in Rust on tokio: recvmmsg with GRO, sendmsg with GSO, IP_PKTINFO and ECN. Its
# Cargo.lock needs a newer cargo than Debian 12's.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Rust, quinn (QUIC)' FAMILY='Programming languages' PORT=4433 PROTOCOL=udp CRATE=quinn-peer PACKAGES=apt:openssl CLIENT_SECONDS=60
NOTES='400 streams of up to 24,000 bytes in 8 connections at once, over either family: none wrong'
# shellcheck source-path=SCRIPTDIR source=rust.sh
. "$ROOT/tests/compat/rust.sh"

version() {
    sed -n 's/^quinn = .*"=\([^"]*\)".*/\1/p' "$rust_source/Cargo.toml"
}

prepare() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=server -addext subjectAltName=DNS:server \
        -addext basicConstraints=critical,CA:FALSE -outform DER -keyout "$DIR/key.pem" -out "$DIR/crt" 2>/dev/null &&
        openssl pkcs8 -topk8 -nocrypt -in "$DIR/key.pem" -outform DER -out "$DIR/key"
}

rust_peer() { # ADDRESS:PORT
    launch "$BUILD/rust-$KEPT/release/$CRATE" serve "$1" "$DIR/crt" "$DIR/key"
}

asks() { # HOST CONNECTIONS STREAMS
    client "$BUILD/rust-$KEPT/release/$CRATE" ask "$(at "$1"):$PORT" "$DIR/crt" "$2" "$3"
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
