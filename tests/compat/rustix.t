#!/bin/sh
# SPDX-License-Identifier: MIT
# A server in Rust on rustix, which is linked with the C library but makes its system
# calls itself: for both families it is given [::].
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Rust on rustix' FAMILY='Programming languages' PORT=8080 MECHANISM=auto
NOTES='Both mechanisms, which dualbind run takes by itself; once converted, it shows IPv4 clients IPv4-mapped'

rust_source=$ROOT/tests/compat/apps/rustix-peer

version() {
    sed -n 's/^rustix = .*version = "=\([^"]*\)".*/\1/p' "$rust_source/Cargo.toml"
}

build() {
    PATH=${HOME:-/root}/.cargo/bin:$PATH
    command -v cargo >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages cargo || return
    cp -r "$rust_source/." "$BUILD/rust-$NAME.src" &&
        CARGO_TARGET_DIR=$BUILD/rust-$NAME timeout "$INSTALL_SECONDS" cargo build --quiet --locked --release \
            --manifest-path "$BUILD/rust-$NAME.src/Cargo.toml"
}

rustix_peer() { # ADDRESS:PORT
    launch "$BUILD/rust-$NAME/release/rustix-peer" "$1"
}

ipv4_only() {
    rustix_peer "0.0.0.0:$PORT"
}

by_default() {
    rustix_peer "[::]:$PORT"
}

work() { # HOST
    http "$1" / | grep .
}

# Where the socket is of both families, IPv4 clients are IPv4-mapped.
peer() { # HOST
    http "$1" / | sed 's/^::ffff:\([0-9]\)/\1/'
}

row
