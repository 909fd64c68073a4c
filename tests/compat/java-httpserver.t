#!/bin/sh
# SPDX-License-Identifier: MIT
# The JDK's HttpServer on the IPv4 stack; by default Java serves both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=java-peer.sh
. "$ROOT/tests/compat/java-peer.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Java HttpServer, preferIPv4Stack' FAMILY='Programming languages' KIND=http
row
