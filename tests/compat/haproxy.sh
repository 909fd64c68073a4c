# shellcheck shell=sh
# haproxy as master and worker, reloaded by USR2. Read by rows after compat.sh;
# SOCKET is the line for its stats socket. It has no default listener: what is
# often written for both families is run as such.

# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"

# shellcheck disable=SC2034 # read by compat.sh
FAMILY='Proxies and balancers' PORT=8080 PACKAGES=apt:haproxy

version() {
    haproxy -v | awk 'NR == 1 { print $3 }'
}

with_bind() { # BIND...
    cat >"$DIR/haproxy.cfg" <<END
global
    nbthread 2
    ${SOCKET:-}
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
