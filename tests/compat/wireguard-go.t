#!/bin/sh
# SPDX-License-Identifier: MIT
# wireguard-go. Go's socket calls pass the library by; under the supervisor UDP stays as it is.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='WireGuard, wireguard-go' FAMILY='Network services' PORT=51820 PROTOCOL=udp MECHANISM=supervise
PACKAGES='apt:wireguard-go apt:wireguard-tools' CLIENT_SECONDS=60 FORM_SECONDS=600
NOTES='1,000 datagrams in each of 3 tunnels at once, over either family: none wrong'
# shellcheck source-path=SCRIPTDIR source=wireguard.sh
. "$ROOT/tests/compat/wireguard.sh"

version() {
    dpkg-query -W -f '${Version}' wireguard-go
}

wireguard() { # INTERFACE
    echo "wireguard-go --foreground $1"
}

row
