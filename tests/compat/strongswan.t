#!/bin/sh
# SPDX-License-Identifier: MIT
# strongSwan's IKE daemon with its own ESP in user space (kernel-libipsec): three tunnels
# from three addresses, with traffic in all of them at once, each in UDP at 4500.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='strongSwan, ESP in user space' FAMILY='Network services' PORT=500 PROTOCOL=udp RULE='500/udp 4500/udp'
PACKAGES='apt:strongswan-charon apt:strongswan-swanctl apt:libcharon-extra-plugins' CLIENT_SECONDS=60 FORM_SECONDS=600
NOTES='100 negotiations, and 1,000 datagrams in each of 3 tunnels at once, over either family: none wrong'
NO_DEFAULT='it has sockets of both families'
# shellcheck source-path=SCRIPTDIR source=strongswan.sh
. "$ROOT/tests/compat/strongswan.sh"

ipsec() {
    echo 'kernel-libipsec { load = yes }'
}

work() { # HOST
    begun "$1" 100 && { [ "$PLACE" = pod ] || with_tunnels_to "$1" through_tunnels; }
}

peer() { # HOST
    begun "$1" 1 >/dev/null && sed -n 's/^.*\[NET\] received packet: from \([^[]*\)\[.*$/\1/p' "$LOG" | tail -n 1
}

row
