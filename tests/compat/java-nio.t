#!/bin/sh
# SPDX-License-Identifier: MIT
# Java's NIO on the IPv4 stack: a channel that is registered with its selector
# (epoll) before it is bound.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=java-peer.sh
. "$ROOT/tests/compat/java-peer.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Java NIO, preferIPv4Stack' FAMILY='Programming languages' KIND=channel
row
