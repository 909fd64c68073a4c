#!/bin/sh
# SPDX-License-Identifier: MIT
# tftpd-hpa: for each transfer it takes a new socket, which it connects to the
# client as it was shown it. Without an address it takes both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=tftpd-hpa FAMILY='Files and printers' PORT=6969 PROTOCOL=udp PACKAGES='apt:tftpd-hpa apt:curl'
[ "$(id -u)" = 0 ] || skip_all "in.tftpd serves nobody unless root starts it"

version() {
    in.tftpd --version | cut -d , -f 1 | awk '{ print $2 }'
}

# It tells the client's address only to its rules for file names (\i).
prepare() {
    mkdir "$DIR/files"
    seq 20000 >"$DIR/files/long"
    echo written >"$DIR/written"
    printf '%s\n' "r ^from-(.*)\$ $DIR/files/\\1-from-\\i" "r ^long\$ $DIR/files/long" >"$DIR/rules"
}

by_default() { # [OPTION...]
    launch in.tftpd --foreground --address ":$PORT" --user "$(id -un)" --create --permissive \
        --map-file "$DIR/rules" "$@" "$DIR/files"
}

ipv4_only() {
    by_default --ipv4
}

work() { # HOST: writes a file, and reads one of 213 blocks
    name=$(date +%s%N)
    by_curl --max-time 3 --upload-file "$DIR/written" "tftp://$(at "$1"):$PORT/from-$name" &&
        by_curl --max-time 3 "tftp://$(at "$1"):$PORT/long" | cmp - "$DIR/files/long" &&
        wait_for cmp -s "$DIR/written" "$DIR/files/$name-from-"*
}

peer() { # HOST
    work "$1" && for file in "$DIR/files/$name-from-"*; do echo "${file##*-from-}"; done
}

row
