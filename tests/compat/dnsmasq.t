#!/bin/sh
# SPDX-License-Identifier: MIT
# dnsmasq with --bind-interfaces and 0.0.0.0, asked over UDP and over TCP; by
# default it takes a socket for each family, and drops what was not sent to an
# address of its own.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=dnsmasq FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any
PACKAGES='apt:dnsmasq-base apt:bind9-dnsutils'

version() {
    dnsmasq --version | awk 'NR == 1 { print $3 }'
}

prepare() {
    dnsmasq=$(own_copy dnsmasq)
}

by_default() { # [OPTION...]
    launch "$dnsmasq" --keep-in-foreground --conf-file=/dev/null --pid-file= --user="$(id -un)" --port="$PORT" \
        --no-resolv --no-hosts --address=/name.test/192.0.2.77 --log-queries --log-facility=- "$@"
}

ipv4_only() {
    by_default --bind-interfaces --listen-address=0.0.0.0
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

peer() { # HOST
    work "$1" && sed -n 's/^.* query\[A\] asked.name.test from \(.*\)$/\1/p' "$LOG" | tail -n 1
}

row
