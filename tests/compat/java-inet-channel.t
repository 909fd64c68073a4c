#!/bin/sh
# SPDX-License-Identifier: MIT
# A Java channel of the family INET, in a Java that otherwise uses IPv6.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=java-peer.sh
. "$ROOT/tests/compat/java-peer.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Java NIO, channel of family INET' FAMILY='Programming languages'

ipv4_only() {
    KIND=inet-channel java_server
}

by_default() {
    KIND=channel java_server
}

row
