#!/bin/sh
# SPDX-License-Identifier: MIT
# boringtun, WireGuard in user space in Rust. It has a socket of each family, and for each peer that it
# knows one more at the same port, connected to it (SO_REUSEADDR).
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='WireGuard, boringtun' FAMILY='Network services' PORT=51820 PROTOCOL=udp
PACKAGES=apt:wireguard-tools CLIENT_SECONDS=60 FORM_SECONDS=600
NOTES='1,000 datagrams in each of 3 tunnels at once, over either family: none wrong'
# shellcheck source-path=SCRIPTDIR source=wireguard.sh
. "$ROOT/tests/compat/wireguard.sh"
boringtun=0.7.1

version() {
    echo "$boringtun"
}

# The Cargo.lock that it comes with needs a newer cargo than Debian 12's.
build() {
    PATH=${HOME:-/root}/.cargo/bin:$PATH
    command -v cargo >/dev/null || flock "$BUILD/apt.lock" "$ROOT/scripts/deps" packages cargo || return
    timeout "$INSTALL_SECONDS" cargo install --quiet --locked --root "$BUILD/rust-$KEPT" --target-dir "$BUILD/rust-$KEPT/target" \
        --version "=$boringtun" boringtun-cli
}

wireguard() { # INTERFACE
    echo "$BUILD/rust-$KEPT/bin/boringtun-cli --foreground --disable-drop-privileges $1"
}

row
