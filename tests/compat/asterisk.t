#!/bin/sh
# SPDX-License-Identifier: MIT
# Asterisk of Debian 11, the last release that has it, in a root file system of
# its own: PJSIP over UDP and TCP on 0.0.0.0; its default is chan_sip over UDP.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Asterisk FAMILY=Telephony PORT=5060 PROTOCOL=udp RULE=5060/any PACKAGES=apt:mmdebstrap
NOTES='Of Debian 11, in its root file system' START_SECONDS=90 FORM_SECONDS=900

tree() {
    "$ROOT/tests/portable/root" bullseye "$(dpkg --print-architecture)" coreutils asterisk
}

build() {
    tree
}

version() {
    chroot "$(tree)" /usr/sbin/asterisk -V | awk '{ print $2 }'
}

prepare() {
    root=$(tree) && mkdir "$DIR/state" && cp -rL "$root/etc/asterisk" "$DIR/pjsip" || return
    sed -i 's/^autoload=yes/&\nnoload => chan_sip.so/' "$DIR/pjsip/modules.conf"
    for transport in udp tcp; do
        printf '[%s]\ntype = transport\nprotocol = %s\nbind = 0.0.0.0:%s\n' "$transport" "$transport" "$PORT"
    done >"$DIR/pjsip/pjsip.conf"
}

asterisk() { # DIRECTORY
    cat >"$DIR/asterisk.conf" <<END
[directories]
astetcdir => $1
astdbdir => $DIR/state
astspooldir => $DIR/state
astrundir => $DIR/state
astlogdir => $DIR/state
END
    launch "$ROOT/tests/portable/inside" "$root" /usr/sbin/asterisk -f -n -vvv -C "$DIR/asterisk.conf"
}

ipv4_only() {
    over='UDP TCP'
    asterisk "$DIR/pjsip"
}

by_default() {
    over=UDP
    asterisk /etc/asterisk
}

work() { # HOST
    client env SIP_OVER="$over" "$PYTHON" "$ROOT/tests/compat/apps/sip-options.py" "$1" "$PORT"
}

# It writes into the request where that came from.
peer() { # HOST
    work "$1" | sed -n 's/^Via:.*received=\([^;]*\).*$/\1/p' | head -n 1
}

# chan_sip looks up the address that a client writes into its request, and says so
# where that is IPv6; also when such a request comes over IPv4.
log_filter() {
    grep -v -e check_via -e 'getaddrinfo(.*Address family for hostname not supported'
}

row
