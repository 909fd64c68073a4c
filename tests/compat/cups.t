#!/bin/sh
# SPDX-License-Identifier: MIT
# cupsd with "Listen 0.0.0.0:631", and with "Port", which takes both families. A
# job is printed to a file, and a location is for 127.0.0.1 and ::1 alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=CUPS FAMILY='Files and printers' PORT=6310 PACKAGES='apt:cups-daemon apt:cups-ipp-utils apt:cups-client'
[ "$(id -u)" = 0 ] || skip_all "cupsd is started by root alone"

version() {
    dpkg-query -W -f '${Version}' cups-daemon
}

prepare() {
    LOG_FILE=$DIR/error_log
    cupsd=$(own_copy cupsd)
    mkdir -p "$DIR/spool/tmp" "$DIR/cache" "$DIR/run" "$DIR/etc"
    chmod 1777 "$DIR/spool/tmp"
    filled cups-files.conf >"$DIR/etc/cups-files.conf"
    printf '%s\n' '<Printer paper>' "DeviceURI file:///dev/null" 'State Idle' 'Accepting Yes' '</Printer>' \
        >"$DIR/etc/printers.conf"
}

with_listener() { # LINE
    filled cupsd.conf LISTENER="$1" >"$DIR/etc/cupsd.conf"
    launch "$cupsd" -f -c "$DIR/etc/cupsd.conf" -s "$DIR/etc/cups-files.conf"
}

ipv4_only() {
    with_listener "Listen 0.0.0.0:$PORT"
}

by_default() {
    with_listener "Port $PORT"
}

work() { # HOST
    client ipptool -tv "ipp://$(at "$1"):$PORT/printers/paper" -f "$DIR/etc/cupsd.conf" \
        /usr/share/cups/ipptool/print-job.test | grep -q 'status-code = successful-ok' || return
    status=$(http "$1" /admin/ -o /dev/null -w '%{http_code}')
    echo "/admin/ at $1: $status"
    case $1 in
    127.0.0.1 | ::1) [ "$status" != 403 ] ;;
    *) [ "$status" = 403 ] ;;
    esac
}

# Its own pages, which need another package, are not there.
peer() { # HOST
    by_curl --output /dev/null "http://$(at "$1"):$PORT/" && wait_for grep -q 'GET / ' "$DIR/access_log" &&
        grep 'GET / ' "$DIR/access_log" | tail -n 1 | cut -d ' ' -f 1 | address
}

row
