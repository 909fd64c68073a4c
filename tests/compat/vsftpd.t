#!/bin/sh
# SPDX-License-Identifier: MIT
# vsftpd, as Debian configures it but on IPv4 ("listen=YES"): a directory and a
# file each come over a data connection of their own, to a listener that vsftpd
# binds to the local address of the control connection, in a process that has
# given up root and all system calls that it does not need. A control connection
# to ::1 is shown as one to 127.0.0.1, and a listener there is one for IPv4: over
# ::1 there are no data connections, and the file's size alone is asked for.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=vsftpd FAMILY='Files and printers' PORT=2121 PACKAGES=apt:vsftpd QUICK=1
NOTES='Data connections by EPSV. Not over ::1, which is shown as 127.0.0.1'

version() {
    dpkg-query -W -f '${Version}' vsftpd
}

prepare() {
    mkdir -p "$DIR/ftp" "$DIR/empty"
    seq 20000 >"$DIR/ftp/file"
    chmod 555 "$DIR/ftp" "$DIR/empty"
}

with_listeners() { # YES|NO: for IPv4, and for IPv6
    filled vsftpd.conf IPV4="$1" IPV6="$2" >"$DIR/vsftpd.conf"
    [ "$(id -u)" = 0 ] || echo run_as_launching_user=YES >>"$DIR/vsftpd.conf"
    chmod 600 "$DIR/vsftpd.conf"
    launch "$(command -v vsftpd)" "$DIR/vsftpd.conf"
}

ipv4_only() {
    with_listeners YES NO
}

by_default() {
    with_listeners NO YES
}

work() { # HOST
    ftp=ftp://$(at "$1"):$PORT
    if [ "$1" = ::1 ]; then
        by_curl --head "$ftp/file" | grep -q "^Content-Length: $(wc -c <"$DIR/ftp/file")"
        return
    fi
    by_curl "$ftp/" | grep -q file &&
        by_curl "$ftp/file" | cmp - "$DIR/ftp/file"
}

peer() { # HOST
    work "$1" && grep 'OK LOGIN' "$DIR/vsftpd.log" | tail -n 1 | address
}

row
