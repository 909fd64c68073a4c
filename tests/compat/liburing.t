#!/bin/sh
# SPDX-License-Identifier: MIT
# A server in C that accepts, receives and sends by liburing.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=liburing.sh
. "$ROOT/tests/compat/liburing.sh"
TITLE='C, liburing' FAMILY='Programming languages' PORT=8080 QUICK=1 PACKAGES='apt:liburing-dev' \
    SHIM_ENV=DUALBIND_PEERS=native \
    NOTES='With DUALBIND_PEERS=native; by default its sockets stay IPv4'
row
