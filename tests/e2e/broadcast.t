#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers that IPv4 broadcast and multicast reach, at ports that rules cover: DHCP servers,
# which stay as they are, and an mDNS responder, whose socket is converted.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need dnsmasq dnsmasq-base
need busybox busybox-static
need dhcpd isc-dhcp-server
need avahi-daemon
forms dual

asked() { # dhcp|mdns N
    timeout 120 "$PYTHON" "$APPS/link-ask.py" "$1" "$2" "$POD_IP4" 2>>"$DIR/asked.log"
}

# ---- DHCP --------------------------------------------------------------------

leases() { # NAME COMMAND...
    leases_name=$1
    shift
    ok "$leases_name: starts without the shim" serve_udp_plain 67 "$@"
    is "$(asked dhcp 30)" 30 "$leases_name: without the shim: leases"
    stop
    for ALLOW in 67/udp '*/any' 60-70/udp; do
        ok "$leases_name: $ALLOW: starts" serve_udp 67 "$@"
        is "$(udp_sockets 67 | sed 's/%[^ ]*//')" "0.0.0.0 inet" "$leases_name: $ALLOW: stays as it is"
        is "$(asked dhcp 30)" 30 "$leases_name: $ALLOW: leases"
        stop
    done
    unset ALLOW
}

leases dnsmasq "$(own_copy dnsmasq)" --keep-in-foreground --conf-file=/dev/null --pid-file= --user="$(id -un)" --port=0 \
    --no-ping --dhcp-range=192.0.2.100,192.0.2.199,1h --dhcp-leasefile="$DIR/leases" --log-facility=-

printf '%s\n' 'start 192.0.2.100' 'end 192.0.2.199' 'interface eth0' "lease_file $DIR/udhcpd.leases" \
    "pidfile $DIR/udhcpd.pid" 'option subnet 255.255.255.0' 'option lease 3600' >"$DIR/udhcpd.conf"
: >"$DIR/udhcpd.leases"
leases udhcpd busybox udhcpd -f -a 1 "$DIR/udhcpd.conf"

# It hears those without an address by AF_PACKET, and has a socket at the port besides.
printf '%s\n' 'default-lease-time 3600;' 'subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.100 192.0.2.199; }' >"$DIR/dhcpd.conf"
: >"$DIR/dhcpd.leases"
leases dhcpd "$(own_copy dhcpd)" -f -4 --no-pid -cf "$DIR/dhcpd.conf" -lf "$DIR/dhcpd.leases" eth0

# ---- multicast -----------------------------------------------------------------

# avahi answers only clients on its link, where no synthetic address is. It writes to /run.
printf '%s\n' '[server]' host-name=pod use-ipv4=yes use-ipv6=no enable-dbus=no '[publish]' publish-workstation=no >"$DIR/avahi.conf"
# shellcheck disable=SC2016 # for the shell within
set -- unshare --mount sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon && exec "$@"' sh \
    "$(own_copy avahi-daemon)" --no-rlimits --no-drop-root --no-chroot -f "$DIR/avahi.conf"
ok "avahi: starts without the shim" serve_udp_plain 5353 "$@"
is "$(asked mdns 100)" 100 "avahi: without the shim: answers to multicast"
stop
ok "avahi: starts with the shim" serve_udp 5353 "$@"
is "$(udp_sockets 5353)" ":: inet6 v6only=0" "avahi: is converted"
is "$(asked mdns 100)" 100 "avahi: with the shim: answers to multicast"
stop
done_testing
