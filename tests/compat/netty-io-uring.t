#!/bin/sh
# SPDX-License-Identifier: MIT
# Netty on its io_uring transport, which asks for the client's name by the C library.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=netty-io-uring.sh
. "$ROOT/tests/compat/netty-io-uring.sh"
TITLE='Netty, native io_uring' FAMILY='Programming languages'
row
