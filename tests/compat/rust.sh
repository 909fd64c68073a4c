# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A server in Rust, apps/CRATE, which is given ADDRESS:PORT; for both families that is
# [::]. It answers a client over HTTP with its address. Read by rows after compat.sh.

rust_source=$ROOT/tests/compat/apps/$CRATE

# Those that are asked for by name.
version() {
    sed -n 's/^\(hyper\|tokio\|monoio\|tokio-uring\) = .*"=\([^"]*\)".*/\1 \2/p' "$rust_source/Cargo.toml" | paste -sd , | sed 's/,/, /'
}

# Of Cargo.lock. Debian 12's cargo gets the index of crates.io by git, a newer one from
# crates.io itself. With the times of its files kept, nothing is built again under a row that runs.
build() {
    PATH=${HOME:-/root}/.cargo/bin:$PATH
    command -v cargo >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages cargo || return
    cp -rp "$rust_source/." "$BUILD/rust-$KEPT.src" &&
        CARGO_TARGET_DIR=$BUILD/rust-$KEPT timeout "$INSTALL_SECONDS" cargo build --quiet --locked --release \
            --manifest-path "$BUILD/rust-$KEPT.src/Cargo.toml"
}

rust_peer() { # ADDRESS:PORT
    launch "$BUILD/rust-$KEPT/release/$CRATE" "$1"
}

ipv4_only() {
    rust_peer "0.0.0.0:$PORT"
}

by_default() {
    rust_peer "[::]:$PORT"
}

work() { # HOST
    peer "$1" | grep .
}

# Where the socket is of both families, IPv4 clients are IPv4-mapped.
peer() { # HOST
    case $PROTOCOL in
    udp) client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" ;;
    *) http "$1" / ;;
    esac
}
