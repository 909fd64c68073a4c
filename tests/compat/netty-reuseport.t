#!/bin/sh
# SPDX-License-Identifier: MIT
# Netty on its native epoll transport, with two listeners that share the port.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=netty.sh
. "$ROOT/tests/compat/netty.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Netty, native epoll, SO_REUSEPORT' FAMILY='Programming languages' LISTENERS=2
row
