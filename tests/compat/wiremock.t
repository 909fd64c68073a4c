#!/bin/sh
# SPDX-License-Identifier: MIT
# WireMock on a Java that is told to use IPv4 (preferIPv4Stack), as many images
# do; by default Java has sockets for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='WireMock (Java, preferIPv4Stack)' FAMILY='Test doubles of other systems' PORT=8080
PACKAGES=maven:org.wiremock:wiremock-standalone:3.13.1 START_SECONDS=40

version() {
    java -jar "$JARS/wiremock-standalone.jar" --version
}

wiremock() { # JAVA'S...
    mkdir -p "$DIR/mappings"
    cat >"$DIR/mappings/peer.json" <<'END'
{"request": {"urlPath": "/peer"},
 "response": {"body": "{{request.clientIp}}", "transformers": ["response-template"]}}
END
    launch java "$@" -jar "$JARS/wiremock-standalone.jar" --port "$PORT" --root-dir "$DIR" --disable-banner
}

ipv4_only() {
    wiremock -Djava.net.preferIPv4Stack=true
}

by_default() {
    wiremock
}

# Defines an answer, gets it.
work() { # HOST
    http "$1" /__admin/mappings --output "$DIR/mapping" --json \
        '{"request": {"urlPath": "/made"}, "response": {"body": "made"}}' &&
        http "$1" /made | grep -qx made
}

peer() { # HOST
    http "$1" /peer | address
}

row
