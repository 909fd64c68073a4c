#!/bin/sh
# A Java channel of the family INET, in a Java that otherwise uses IPv6.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=java.sh
. "$ROOT/tests/compat/java.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Java NIO, channel of family INET' FAMILY='Programming languages' KIND=inet-channel

ipv4_only() {
    java_peer inet-channel
}

by_default() {
    java_peer channel
}

row
