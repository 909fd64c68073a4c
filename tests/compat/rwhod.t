#!/bin/sh
# SPDX-License-Identifier: MIT
# rwhod, which asks its own socket for the broadcast addresses of the interfaces (ioctl), and sends and
# hears announcements by it. It has no foreground: a PID namespace ends with it.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=rwhod FAMILY='Monitoring and logs' PORT=513 PROTOCOL=udp STOP_SIGNAL=KILL
PACKAGES='apt:rwhod apt:rwho' NOT_TOLD='it tells the names in announcements'
NOTES='Its own announcements go out by IPv4 broadcast, as natively'
[ "$(id -u)" = 0 ] || skip_all "rwhod binds a port that is root's"

version() {
    dpkg-query -W -f '${Version}' rwhod
}

prepare() {
    mkdir -m 777 "$DIR/spool"
    [ "$POD_FORM" = ipv6 ] || in_pod "$PYTHON" "$ROOT/tests/compat/apps/rwho-tell.py" broadcast eth0 192.0.2.255
    "$PYTHON" "$ROOT/tests/compat/apps/rwho-tell.py" listen "$DIR/announced" &
}

by_default() {
    : >"$DIR/announced"
    # shellcheck disable=SC2016 # for the shell within
    launch unshare --mount-proc --pid --fork --kill-child sh -c \
        'mount --bind "$1" /var/spool/rwho && rwhod -b && while :; do sleep 1000; done' sh "$DIR/spool"
}

ipv4_only() {
    by_default
}

# A host that it is told of is among those that are up; and where there is IPv4, it has told of itself. In
# the pod nobody else can have the port from which it has to be told.
work() { # HOST
    [ "$PLACE" = node ] || { listening "$PORT"; return; }
    name=h$(date +%s%N | tail -c 12)
    client "$PYTHON" "$ROOT/tests/compat/apps/rwho-tell.py" "$1" "$name" && wait_for test -s "$DIR/spool/whod.$name" || return
    [ "$POD_FORM" = ipv6 ] || wait_for grep -qxF "$POD_IP4" "$DIR/announced"
}

row
