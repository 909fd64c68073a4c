#!/bin/sh
# SPDX-License-Identifier: MIT
# dnsdist on 0.0.0.0, by four sockets of a SO_REUSEPORT group with a thread each and
# recvmmsg (setUDPMultipleMessagesVectorSize), in front of unbound, to which it has
# connected UDP sockets. It answers whoami.test by itself, with the client's address.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/unbound.sh
. "$(dirname "$0")/../e2e/unbound.sh"
TITLE=dnsdist FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any START_SECONDS=40
PACKAGES='apt:dnsdist apt:unbound apt:bind9-dnsutils'
NO_DEFAULT='it listens on 127.0.0.1:53'
LOAD='10,000 queries of 500 addresses to two addresses, four threads with recvmmsg, through to unbound'

version() {
    dnsdist --version | sed -n 's/^dnsdist \([^ ]*\) .*$/\1/p'
}

prepare() {
    dnsdist=$(own_copy dnsdist) unbound=$(own_copy unbound)
    many_addresses
    two_addresses
    unbound_conf 5300 'interface: 127.0.0.1' 'local-zone: "load.name.test." transparent' \
        "$(load_names '    local-data: "q&.load.name.test. A 192.0.2.&"')"
    setsid "$ROOT/scripts/pod" exec "$unbound" -d -c "$DIR/unbound.conf" </dev/null >"$DIR/unbound.log" 2>&1 &
    servers="$servers $!"
    cat >"$DIR/dnsdist.conf" <<END
setACL({"0.0.0.0/0", "::/0"})
setUDPMultipleMessagesVectorSize(16)
setLocal("0.0.0.0:$PORT", {reusePort=true})
addLocal("0.0.0.0:$PORT", {reusePort=true})
addLocal("0.0.0.0:$PORT", {reusePort=true})
addLocal("0.0.0.0:$PORT", {reusePort=true})
setSecurityPollSuffix("")
newServer({address="127.0.0.1:5300", sockets=4}):setUp()
function whoami(dq) return DNSAction.Spoof, dq.remoteaddr:toString() end
addAction("whoami.test.", LuaAction(whoami))
END
}

ipv4_only() {
    launch "$dnsdist" --supervised --disable-syslog -C "$DIR/dnsdist.conf"
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

load() { # HOST
    load_of "$1" both --as dns --clients 500
}

peer() { # HOST
    client dig +short +tries=1 +time=3 +notcp "@$1" -p "$PORT" whoami.test
}

row
