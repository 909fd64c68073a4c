#!/bin/sh
# SPDX-License-Identifier: MIT
# hyper on tokio, in Rust, which binds by the C library and so is met by the
# preloaded one; its Cargo.lock has versions that Debian 12's cargo builds too.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Rust, hyper on tokio' FAMILY='Programming languages' PORT=8080 CRATE=rust-peer
# shellcheck source-path=SCRIPTDIR source=rust.sh
. "$ROOT/tests/compat/rust.sh"
row
