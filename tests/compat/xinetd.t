#!/bin/sh
# SPDX-License-Identifier: MIT
# xinetd, which binds 0.0.0.0 and decides by only_from which clients are served. Its
# children find the connection, or the socket for datagrams, as their standard
# input. One service is for everybody, and one for 127.0.0.1 alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=xinetd FAMILY='Super-servers and shells' PORT=8080 PACKAGES=deb:xinetd QUICK=1 RULE='8080-8082/any'

version() {
    "$DEBS/usr/sbin/xinetd" -version 2>&1 | awk '{ print $1 }'
}

service() { # NAME PORT TYPE WAIT PROGRAM [LINES]
    filled xinetd-service.conf NAME="$1" AT="$2" TYPE="$3" WAIT="$4" PROGRAM="$5" USER="$(id -un)" LINES="${6:-}"
}

with_flags() { # [LINE]
    {
        filled xinetd-defaults.conf
        service all "$PORT" stream no "$APPS/inetd-peer.pl" "$@"
        service local 8081 stream no "$APPS/inetd-peer.pl" "only_from = 127.0.0.1\n$*"
        service datagrams 8082 dgram yes "$ROOT/tests/compat/apps/udp-echo.pl" "$@"
    } >"$DIR/xinetd.conf"
    launch "$DEBS/usr/sbin/xinetd" -dontfork -f "$DIR/xinetd.conf" -pidfile "$DIR/pid"
}

ipv4_only() {
    with_flags 'flags = IPv4'
}

by_default() {
    with_flags
}

served() { # HOST: by the service that is for 127.0.0.1
    by_curl "http://$(at "$1"):8081/"
}

work() { # HOST
    http "$1" / | grep . && case $1 in
    127.0.0.1 | ::1) served "$1" | grep -qx 127.0.0.1 ;;
    *) ! served "$1" ;;
    esac && client "$PYTHON" "$APPS/udp-ask.py" "$1" 8082 text | grep 'text of'
}

peer() { # HOST
    http "$1" /
}

row
