#!/bin/sh
# SPDX-License-Identifier: MIT
# dovecot with "listen = 0.0.0.0". Its master binds, and its login processes,
# which accept, are started with the variables that import_environment names. By
# default they are in a chroot, where the log of the test could not be written.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=dovecot FAMILY=Mail PORT=1143 PACKAGES=apt:dovecot-imapd QUICK=1
# shellcheck disable=SC2016 # Markdown
NOTES='The variables of dualbind are in `import_environment`'

version() {
    dovecot --version | cut -d ' ' -f 1
}

with_listen() { # ADDRESSES
    mkdir -p "$DIR/mail"
    internal=$(id -un) login=$internal owner=$internal
    [ "$(id -u)" != 0 ] || { internal=dovecot login=dovenull owner=nobody; }
    chown "$owner" "$DIR/mail"
    filled dovecot.conf ADDRESSES="$1" USER="$internal" GROUP="$(id -gn "$internal")" LOGIN="$login" \
        UID="$(id -u "$owner")" GID="$(id -g "$owner")" >"$DIR/dovecot.conf"
    launch "$(command -v dovecot)" -F -c "$DIR/dovecot.conf"
}

ipv4_only() {
    with_listen 0.0.0.0
}

by_default() {
    with_listen '*, ::'
}

work() { # HOST
    imap=imap://$(at "$1"):$PORT
    printf 'Subject: asked\r\n\r\nof %s\r\n' "$1" >"$DIR/message"
    by_curl --user me:secret --upload-file "$DIR/message" "$imap/INBOX" &&
        by_curl --user me:secret "$imap/INBOX;MAILINDEX=*" | grep -q "^of $1"
}

# Its log is written by another process, a little later: hence a new name.
peer() { # HOST
    user=$(date +%s%N)
    by_curl --user "$user:secret" "imap://$(at "$1"):$PORT" >/dev/null &&
        wait_for grep -q "Login: user=<$user>" "$LOG" &&
        grep "Login: user=<$user>" "$LOG" | grep -o 'rip=[^,]*' | address
}

row
