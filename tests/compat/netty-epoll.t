#!/bin/sh
# SPDX-License-Identifier: MIT
# Netty on its native epoll transport, which calls the kernel from its own library.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=netty.sh
. "$ROOT/tests/compat/netty.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Netty, native epoll' FAMILY='Programming languages' LISTENERS=1
row
