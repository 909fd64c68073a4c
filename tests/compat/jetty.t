#!/bin/sh
# Jetty (its runner, with a directory as web application) on 0.0.0.0 of the IPv4
# stack; by default Java serves both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Jetty, preferIPv4Stack' FAMILY='Application servers' PORT=8080 START_SECONDS=60 CLIENT_SECONDS=20
PACKAGES=maven:org.eclipse.jetty:jetty-runner:9.4.58.v20250814

version() {
    printf '%s\n' "$PACKAGES" | cut -d : -f 4
}

prepare() {
    mkdir -p "$DIR/web"
    echo '<%= request.getRemoteAddr() %>' >"$DIR/web/peer.jsp"
}

jetty() { # OPTION...
    launch java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -Djava.io.tmpdir="$DIR" "$@" \
        -jar "$JARS/jetty-runner.jar" --port "$PORT" "$DIR/web"
}

ipv4_only() {
    jetty -Djava.net.preferIPv4Stack=true
}

by_default() {
    jetty
}

work() { # HOST
    http "$1" /peer.jsp | grep .
}

# Java writes all groups of an IPv6 address.
peer() { # HOST
    http "$1" /peer.jsp | address | sed 's/^fd00:db:0:0:0:0:0:1$/fd00:db::1/; s/^0:0:0:0:0:0:0:1$/::1/'
}

row
