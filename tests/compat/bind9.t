#!/bin/sh
# SPDX-License-Identifier: MIT
# BIND, which never binds a wildcard address: it listens on each address of each
# interface, over UDP by a SO_REUSEPORT group for each of them.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='BIND 9' FAMILY='Name servers' PORT=5353 PROTOCOL=udp RULE=5353/any PACKAGES='apt:bind9 apt:bind9-dnsutils'
NEVER_IPV4_ONLY='it listens on each address of each interface'

version() {
    named -v | awk '{ print $2 }'
}

prepare() {
    named=$(own_copy named)
    cat >"$DIR/zone" <<'END'
$TTL 60
@ SOA ns admin 1 60 60 60 60
@ NS ns
* A 192.0.2.77
END
    cat >"$DIR/named.conf" <<END
options {
    directory "$DIR";
    listen-on port $PORT { any; };
    listen-on-v6 port $PORT { any; };
    recursion no;
    querylog yes;
    pid-file none;
};
zone "name.test" { type primary; file "$DIR/zone"; };
controls { };
END
}

by_default() {
    launch "$named" -f -g -c "$DIR/named.conf"
}

work() { # HOST
    for over in +notcp +tcp; do
        client dig +short +tries=1 +time=3 "$over" "@$1" -p "$PORT" asked.name.test | grep -qx 192.0.2.77 || return
    done
}

peer() { # HOST
    work "$1" && sed -n 's/^.* client @[^ ]* \([^#]*\)#.* query: asked.name.test .*$/\1/p' "$LOG" | tail -n 1
}

row
