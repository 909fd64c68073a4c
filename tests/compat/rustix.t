#!/bin/sh
# SPDX-License-Identifier: MIT
# A server in Rust on rustix, which is linked with the C library but makes its system
# calls itself: for both families it is given [::].
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck disable=SC2034 # read by compat.sh
TITLE='Rust on rustix' FAMILY='Programming languages' PORT=8080 MECHANISM=auto CRATE=rustix-peer \
    NOTES='Both mechanisms, which dualbind run takes by itself; once converted, it shows IPv4 clients IPv4-mapped'
# shellcheck source-path=SCRIPTDIR source=rust.sh
. "$ROOT/tests/compat/rust.sh"

version() {
    sed -n 's/^rustix = .*version = "=\([^"]*\)".*/\1/p' "$rust_source/Cargo.toml"
}

# Where the socket is of both families, IPv4 clients are IPv4-mapped.
peer() { # HOST
    http "$1" / | sed 's/^::ffff:\([0-9]\)/\1/'
}

row
