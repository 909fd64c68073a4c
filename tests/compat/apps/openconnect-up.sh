#!/bin/sh
# SPDX-License-Identifier: MIT
# What openconnect runs when its tunnel comes up and goes; leaves its number in $dir/up.DEVICE.
case $reason in
connect)
    ip link set "$TUNDEV" up mtu "$INTERNAL_IP4_MTU" &&
        ip address add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV" &&
        ip route add 10.97.0.1/32 dev "$TUNDEV" metric "${INTERNAL_IP4_ADDRESS##*.}" &&
        echo "$VPNPID" >"$dir/up.$TUNDEV"
    ;;
esac
