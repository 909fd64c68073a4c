#!/bin/sh
# SPDX-License-Identifier: MIT
# Jetty (its runner, with a directory as web application) on 0.0.0.0 of the IPv4
# stack.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=servlets.sh
. "$ROOT/tests/compat/servlets.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Jetty, preferIPv4Stack' FAMILY='Application servers' PACKAGES=maven:org.eclipse.jetty:jetty-runner:9.4.58.v20250814

prepare() {
    peer_page "$DIR/web"
}

java_server() { # OPTION...
    java_launch -Djava.io.tmpdir="$DIR" "$@" -jar "$JARS/jetty-runner.jar" --port "$PORT" "$DIR/web"
}

row
