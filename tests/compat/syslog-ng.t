#!/bin/sh
# SPDX-License-Identifier: MIT
# syslog-ng with two sockets of a SO_REUSEPORT group for UDP and one for TCP on 0.0.0.0,
# which it takes too where no address is given.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=syslog.sh
. "$(dirname "$0")/syslog.sh"
TITLE=syslog-ng FAMILY='Monitoring and logs' PORT=5514 PROTOCOL=udp RULE=5514/any START_SECONDS=40
PACKAGES='apt:syslog-ng-core apt:bsdutils'
LOAD='5,000 messages of 200 addresses, two sockets of a SO_REUSEPORT group'

version() {
    syslog-ng --version | sed -n 's/^syslog-ng [0-9]* (\(.*\))$/\1/p'
}

prepare() {
    syslog_ng=$(own_copy syslog-ng)
    many_addresses
}

with_address() { # [ip(ADDRESS)]
    cat >"$DIR/syslog-ng.conf" <<END
@version: 3.38
options { keep-hostname(yes); use-dns(no); dns-cache(no); stats-freq(0); };
source udp_1 { network($1 port($PORT) transport("udp") so-reuseport(1) persist-name("udp_1")); };
source udp_2 { network($1 port($PORT) transport("udp") so-reuseport(1) persist-name("udp_2")); };
source tcp { network($1 port($PORT) transport("tcp")); };
destination told { file("$DIR/messages" template("\${SOURCEIP} \${MSG}\n")); };
log { source(udp_1); source(udp_2); source(tcp); destination(told); };
END
    : >"$DIR/messages"
    launch "$syslog_ng" --foreground --stderr --no-caps --cfgfile="$DIR/syslog-ng.conf" --persist-file="$DIR/persist" \
        --pidfile="$DIR/pid" --control="$DIR/control"
}

ipv4_only() {
    with_address 'ip("0.0.0.0")'
}

row
