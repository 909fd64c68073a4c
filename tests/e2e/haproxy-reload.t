#!/bin/sh
# SPDX-License-Identifier: MIT
# haproxy, reloaded: first on 0.0.0.0 alone, then with a dual-stack :: besides, then
# on 0.0.0.0 alone again. It sets SO_REUSEPORT, so both have a place at the port, and
# clients of either family are shown as without the shim.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need haproxy haproxy
forms dual

configure() { # ADDRESS...
    cat >"$DIR/haproxy.cfg" <<END
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
$(printf '    bind %s:8080\n' "$@")
    http-request return status 200 content-type text/plain lf-string "%[src]\n"
END
}

workers() {
    pgrep -P "$SERVER_PID" -r D,R,S | sort
}

reloaded() {
    [ -n "$(workers)" ] && [ -z "$(printf '%s\n' "$old_workers" "$(workers)" | sort | uniq -d)" ]
}

reload() { # ADDRESS...
    old_workers=$(workers)
    configure "$@"
    kill -s USR2 "$SERVER_PID"
    ok "reloaded: $*" wait_for reloaded
}

# Each of them, once: what 12 clients were shown as.
shown() { # HOST
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do get "$1"; done | sort -u
}

phases() { # IPV6-WHILE-ALONE
    is "$(shown "$POD_IP4")" "$NODE_IP4" "$how: 0.0.0.0: IPv4 clients"
    reload 0.0.0.0 ::
    is "$(shown "$POD_IP4")" "$NODE_IP4" "$how: 0.0.0.0 and ::: IPv4 clients"
    is "$(shown "$POD_IP6")" "$NODE_IP6" "$how: 0.0.0.0 and ::: IPv6 clients"
    reload 0.0.0.0 ::
    is "$(shown "$POD_IP4")" "$NODE_IP4" "$how: the same again: IPv4 clients"
    is "$(shown "$POD_IP6")" "$NODE_IP6" "$how: the same again: IPv6 clients"
    reload 0.0.0.0
    is "$(shown "$POD_IP4")" "$NODE_IP4" "$how: 0.0.0.0 again: IPv4 clients"
}

configure 0.0.0.0
how='without the shim'
ok "starts without the shim" serve_plain 8080 haproxy -W -f "$DIR/haproxy.cfg"
phases
ok "refused over IPv6" refused "$POD_IP6"
stop
configure 0.0.0.0
how='with it'
ok "starts with it" serve 8080 haproxy -W -f "$DIR/haproxy.cfg"
phases
stands_for_node "$(shown "$POD_IP6")" "$how: 0.0.0.0 again: IPv6 clients"
stop
done_testing
