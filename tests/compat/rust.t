#!/bin/sh
# hyper on tokio, in Rust, which binds by the C library and so is met by the
# preloaded one; for both families it is given [::].
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Rust, hyper on tokio' FAMILY='Programming languages' PORT=8080

rust_source=$ROOT/tests/compat/apps/rust-peer

version() {
    sed -n 's/^\(hyper\|tokio\) = .*version = "=\([^"]*\)".*/\1 \2/p' "$rust_source/Cargo.toml" | paste -sd , | sed 's/,/, /'
}

# Cargo.lock has versions that Debian 12's cargo builds too; it gets the index of
# crates.io by git, a newer one from crates.io itself.
build() {
    PATH=${HOME:-/root}/.cargo/bin:$PATH
    command -v cargo >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages cargo || return
    cp -r "$rust_source/." "$BUILD/rust-$NAME.src" &&
        CARGO_TARGET_DIR=$BUILD/rust-$NAME timeout "$INSTALL_SECONDS" cargo build --quiet --locked --release \
            --manifest-path "$BUILD/rust-$NAME.src/Cargo.toml"
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
