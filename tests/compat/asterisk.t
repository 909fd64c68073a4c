#!/bin/sh
# SPDX-License-Identifier: MIT
# Asterisk of Debian 11, the last release that has it, in a root file system of
# its own: PJSIP over UDP and TCP on 0.0.0.0, and calls whose media it sends back from ports of
# their own; its default is chan_sip over UDP.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Asterisk FAMILY=Telephony PORT=5060 PROTOCOL=udp RULE='5060/any 10000-20000/udp' PACKAGES=apt:mmdebstrap
NOTES='Of Debian 11, in its root file system. 100 queries, and 16 calls at once with 50 RTP packets each, over either family: none wrong. Its SDP tells an IPv6 client a synthetic address: set media_address' START_SECONDS=90 CLIENT_SECONDS=90 FORM_SECONDS=900

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
    # As for clients behind NAT: media goes where media comes from.
    printf '%s\n' '[anonymous]' 'type = endpoint' 'context = echo' 'disallow = all' 'allow = ulaw' 'direct_media = no' \
        'rtp_symmetric = yes' 'force_rport = yes' 'rewrite_contact = yes' >>"$DIR/pjsip/pjsip.conf"
    printf '%s\n' '[echo]' 'exten => echo,1,Answer()' 'same => n,Echo()' >"$DIR/pjsip/extensions.conf"
    mkdir "$DIR/state/cdr-csv"
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
    # It asks for its own name at each call, and nobody answers here.
    launch env RES_OPTIONS='timeout:1 attempts:1' "$ROOT/tests/portable/inside" "$root" /usr/sbin/asterisk -f -n -vvv -C "$DIR/asterisk.conf"
}

ipv4_only() {
    over='UDP TCP'
    asterisk "$DIR/pjsip"
}

by_default() {
    over=UDP
    asterisk /etc/asterisk
}

ready() { # HOST
    client env SIP_OVER="$over" "$PYTHON" "$ROOT/tests/compat/apps/sip-options.py" "$1" "$PORT"
}

load() { # KIND HOST N
    client "$PYTHON" "$ROOT/tests/compat/apps/sip-load.py" "$1" "$2" "$PORT" "$3"
}

work() { # HOST
    ready "$1" && { [ "$over" = UDP ] || { load options "$1" 100 && load echo "$1" 16; }; }
}

# It writes into the request where that came from.
peer() { # HOST
    ready "$1" | sed -n 's/^Via:.*received=\([^;]*\).*$/\1/p' | head -n 1
}

# chan_sip looks up the address that a client writes into its request, and says so
# where that is IPv6; also when such a request comes over IPv4.
log_filter() {
    grep -v -e check_via -e 'getaddrinfo(.*Address family for hostname not supported'
}

row
