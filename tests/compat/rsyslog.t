#!/bin/sh
# SPDX-License-Identifier: MIT
# rsyslog with a listener for UDP, at which four threads receive by recvmmsg, and one for
# TCP on 0.0.0.0; without an address it takes one socket for each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=syslog.sh
. "$(dirname "$0")/syslog.sh"
TITLE=rsyslog FAMILY='Monitoring and logs' PORT=5514 PROTOCOL=udp RULE=5514/any QUICK=1
PACKAGES='deb:rsyslog deb:libestr0 deb:libfastjson4 deb:liblognorm5 apt:bsdutils'
LOAD='5,000 messages of 200 addresses, four threads with recvmmsg'

version() {
    "$DEBS/usr/sbin/rsyslogd" -v | sed -n 's/^rsyslogd *\([^ ]*\) .*$/\1/p'
}

prepare() {
    many_addresses
}

with_address() { # [PARAMETER]
    cat >"$DIR/rsyslog.conf" <<END
global(workDirectory="$DIR" net.enableDNS="off")
module(load="imudp" threads="4" batchSize="32")
module(load="imtcp")
template(name="told" type="string" string="%fromhost-ip% %msg%\n")
input(type="imudp" port="$PORT" $1 ruleset="all")
input(type="imtcp" port="$PORT" $1 ruleset="all")
ruleset(name="all") { action(type="omfile" file="$DIR/messages" template="told") }
syslog.* action(type="omfile" file="$DIR/own")
END
    : >"$DIR/messages"
    LD_LIBRARY_PATH=$(echo "$DEBS"/usr/lib/*-linux-*) launch "$DEBS/usr/sbin/rsyslogd" -n -C -i "$DIR/pid" -f "$DIR/rsyslog.conf" \
        -M "$(echo "$DEBS"/usr/lib/*/rsyslog)"
}

ipv4_only() {
    with_address 'address="0.0.0.0"'
}

row
