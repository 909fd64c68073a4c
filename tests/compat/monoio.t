#!/bin/sh
# SPDX-License-Identifier: MIT
# monoio, in Rust, which binds by the C library, and accepts by io_uring.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck disable=SC2034 # read by compat.sh
TITLE='Rust, monoio' FAMILY='Programming languages' PORT=8080 RING=1 CRATE=monoio-peer SHIM_ENV=DUALBIND_PEERS=native KEPT=monoio \
    NOTES='With DUALBIND_PEERS=native; by default its sockets stay IPv4'
# shellcheck source-path=SCRIPTDIR source=rust.sh
. "$ROOT/tests/compat/rust.sh"
row
