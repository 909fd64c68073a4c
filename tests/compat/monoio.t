#!/bin/sh
# monoio, in Rust, which binds by the C library, and accepts by io_uring.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck disable=SC2034 # read by compat.sh
TITLE='Rust, monoio' FAMILY='Programming languages' PORT=8080 RING=1 CRATE=monoio-peer KEPT=monoio
# shellcheck source-path=SCRIPTDIR source=rust.sh
. "$ROOT/tests/compat/rust.sh"
row
