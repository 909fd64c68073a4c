#!/bin/sh
# SPDX-License-Identifier: MIT
# openbsd-inetd with services for TCP and UDP on 0.0.0.0; by default ("tcp", "udp")
# a service is IPv4 alone too. It removes LD_* from what its children inherit,
# so that inetd.conf gives them the library again.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=openbsd-inetd FAMILY='Super-servers and shells' PORT=8080 RULE=8080/any PACKAGES=apt:openbsd-inetd
# shellcheck disable=SC2016 # Markdown
NOTES='inetd.conf starts the services by `env LD_PRELOAD=...`'

version() {
    dpkg-query -W -f '${Version}' openbsd-inetd
}

with_address() { # [ADDRESS:]
    children="$(command -v env) env $([ "$HOW" = plain ] || echo "LD_PRELOAD=$LIB") $(command -v perl)"
    {
        echo "$1$PORT stream tcp nowait $(id -un) $children $APPS/inetd-peer.pl"
        echo "$1$PORT dgram udp wait $(id -un) $children $ROOT/tests/compat/apps/udp-echo.pl"
    } >"$DIR/inetd.conf"
    launch inetd -i -R 100000 "$DIR/inetd.conf"
}

ipv4_only() {
    with_address 0.0.0.0:
}

by_default() {
    with_address ''
}

work() { # HOST
    http "$1" / | grep . && client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" text | grep 'text of'
}

peer() { # HOST
    http "$1" /
}

row
