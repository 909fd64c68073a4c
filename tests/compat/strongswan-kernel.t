#!/bin/sh
# SPDX-License-Identifier: MIT
# strongSwan's IKE daemon with the kernel's ESP. It sets a policy of its own on its sockets
# (IP_XFRM_POLICY), by which they become AF_INET again: what the kernel sends by its
# tunnels would go to the synthetic address of an IPv6 client. Where the kernel has no ESP the
# negotiations alone are looked at.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='strongSwan, ESP of the kernel' FAMILY='Network services' PORT=500 PROTOCOL=udp RULE='500/udp 4500/udp' KEPT=strongswan
PACKAGES='apt:strongswan-charon apt:strongswan-swanctl apt:libcharon-extra-plugins' CLIENT_SECONDS=60 FORM_SECONDS=600
LEFT='port=500/udp .*yield'
NOTES='An IPsec policy of its own makes a socket AF_INET again'
NO_DEFAULT='it has sockets of both families'
# shellcheck source-path=SCRIPTDIR source=strongswan.sh
. "$ROOT/tests/compat/strongswan.sh"

ipsec() {
    echo 'kernel-libipsec { load = no }'
}

has_esp() {
    unshare --net ip xfrm state add src 127.0.0.1 dst 127.0.0.2 proto esp spi 0x100 mode tunnel \
        enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f auth-trunc 'hmac(sha256)' 0x000102030405060708090a0b0c0d0e0f 128
}
has_esp 2>/dev/null || TUNNELS=''

work() { # HOST
    begun "$1" 100 && { [ "$PLACE" = pod ] || with_tunnels_to "$1" through_tunnels; }
}

peer() { # HOST
    begun "$1" 1 >/dev/null && sed -n 's/^.*\[NET\] received packet: from \([^[]*\)\[.*$/\1/p' "$LOG" | tail -n 1
}

row
