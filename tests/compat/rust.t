#!/bin/sh
# hyper on tokio, in Rust, which binds by the C library and so is met by the
# preloaded one; for both families it is given [::].
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Rust, hyper on tokio' FAMILY='Programming languages' PORT=8080

version() {
    echo 'hyper 1.6.0, tokio 1.44.2'
}

build() {
    rust_dir=$BUILD/rust-$NAME
    PATH=$PATH:${HOME:-/root}/.cargo/bin
    command -v cargo >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages cargo || return
    cp -r "$ROOT/tests/compat/apps/rust-peer/." "$rust_dir.src" &&
        CARGO_TARGET_DIR=$rust_dir timeout 590 cargo build --quiet --release --manifest-path "$rust_dir.src/Cargo.toml"
}

rust_peer() { # ADDRESS:PORT
    launch "$BUILD/rust-$NAME/release/rust-peer" "$1"
}

ipv4_only() {
    rust_peer "0.0.0.0:$PORT"
}

by_default() {
    rust_peer "[::]:$PORT"
}

work() { # HOST
    http "$1" / | grep .
}

# Where the socket is of both families, IPv4 clients are IPv4-mapped.
peer() { # HOST
    http "$1" /
}

row
