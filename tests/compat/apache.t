#!/bin/sh
# SPDX-License-Identifier: MIT
# Apache httpd with event workers, reloaded gracefully; by default it listens
# for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE='Apache httpd' FAMILY='Web servers' PORT=8080 PACKAGES=apt:apache2

version() {
    apache2 -v | sed -n 's|.*Apache/\([^ ]*\).*|\1|p'
}

with_listener() { # LISTEN
    cat >"$DIR/apache.conf" <<END
ServerName name.test
ServerRoot $DIR
DefaultRuntimeDir $DIR
DocumentRoot $DIR/html
PidFile $DIR/apache.pid
ErrorLog /dev/stderr
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
Header set X-Peer "expr=%{REMOTE_ADDR}"
StartServers 2
Listen $1
$([ "$(id -u)" != 0 ] || printf 'User nobody\nGroup nogroup\n')
END
    mkdir -p "$DIR/html"
    echo page >"$DIR/html/index.txt"
    launch apache2 -DFOREGROUND -f "$DIR/apache.conf"
}

ipv4_only() {
    with_listener "0.0.0.0:$PORT"
}

by_default() {
    with_listener "$PORT"
}

ready() { # HOST
    http "$1" /index.txt | grep -qx page
}

work() { # HOST
    ready "$1" && reload USR1 && ready "$1"
}

peer() { # HOST
    http "$1" /index.txt --dump-header - | grep -i '^x-peer:' | address
}

row
