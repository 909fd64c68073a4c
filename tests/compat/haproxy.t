#!/bin/sh
# SPDX-License-Identifier: MIT
# haproxy as master and worker: reloaded, the master executes itself and is sent
# the listeners by the old worker. It has no default listener: the usual lines
# for both families are run as such.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE='haproxy, master and worker' FAMILY='Proxies and balancers' PORT=8080 PACKAGES=apt:haproxy QUICK=1

version() {
    haproxy -v | awk 'NR == 1 { print $3 }'
}

with_bind() { # BIND...
    cat >"$DIR/haproxy.cfg" <<END
global
    nbthread 2
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
$(printf '    bind %s\n' "$@")
    http-request return status 200 content-type text/plain lf-string "%[src]\n"
END
    launch haproxy -W -f "$DIR/haproxy.cfg"
}

ipv4_only() {
    with_bind "0.0.0.0:$PORT"
}

by_default() {
    with_bind "*:$PORT" "[::]:$PORT v6only"
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" && reload USR2 && ready "$1"
}

peer() { # HOST
    http "$1" /
}

row
