#!/bin/sh
# SPDX-License-Identifier: MIT
# postfix with "inet_protocols = ipv4". Its master binds, and hands the listener
# to smtpd, which it starts with the variables of import_environment. Which clients may
# send anywhere, mynetworks decides on the client's address.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=postfix FAMILY=Mail PORT=2525 PACKAGES=apt:postfix CLIENT_SECONDS=20
# shellcheck disable=SC2016 # Markdown
NOTES='The variables of dualbind are in `import_environment`'
[ "$(id -u)" = 0 ] || skip_all "postfix is started by root alone"

version() {
    postconf -h mail_version
}

prepare() {
    LOG_FILE=$DIR/maillog
    mkdir -p "$DIR/etc" "$DIR/queue" "$DIR/lib" "$DIR/mail"
    chown postfix "$DIR/lib"
    chown nobody "$DIR/mail"
    # Not in a chroot, where the log of the test could not be written.
    awk -v port="$PORT" '$1 == "smtp" && $2 == "inet" { $1 = port } $5 == "y" { $5 = "n" } { print }' \
        /usr/share/postfix/master.cf.dist >"$DIR/etc/master.cf"
    echo 'postlog unix-dgram n - n - 1 postlogd' >>"$DIR/etc/master.cf"
}

with_protocols() { # PROTOCOLS
    filled postfix-main.cf PROTOCOLS="$1" UID="$(id -u nobody)" GID="$(id -g nobody)" >"$DIR/etc/main.cf"
    postfix -c "$DIR/etc" check 2>>"$DIR/check.log"
    launch env MAIL_CONFIG="$DIR/etc" /usr/lib/postfix/sbin/master -c "$DIR/etc" -d
}

ipv4_only() {
    with_protocols ipv4
}

by_default() {
    with_protocols all
}

send() { # HOST RECIPIENT TEXT
    printf 'Subject: asked\r\n\r\n%s\r\n' "$3" |
        by_curl --mail-from you@there.test --mail-rcpt "$2" --upload-file - "smtp://$(at "$1"):$PORT"
}

# Mail for here is taken from everybody, and for elsewhere from mynetworks.
work() { # HOST
    text=$(date +%s%N)
    send "$1" me@here.test "$text" && wait_for grep -q "$text" "$DIR/mail/me" &&
        case $1 in
        192.0.2.*) send "$1" me@elsewhere.test "$text" ;;
        *) ! send "$1" me@elsewhere.test "$text" ;;
        esac
}

peer() { # HOST
    send "$1" me@here.test text && grep ' connect from ' "$DIR/maillog" | tail -n 1 | address
}

row
