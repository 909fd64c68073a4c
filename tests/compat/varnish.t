#!/bin/sh
# SPDX-License-Identifier: MIT
# Varnish: its manager opens the listeners, its child accepts at them.
# By default there is one for each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Varnish FAMILY='Proxies and balancers' PORT=8080 PACKAGES=apt:varnish

version() {
    varnishd -V 2>&1 | grep -o 'varnish-[0-9.]*' | cut -d - -f 2
}

prepare() {
    serve_plain 8081 "$PYTHON" -m http.server --bind 127.0.0.1 --directory "$ROOT/tests/e2e/apps" 8081
    cat >"$DIR/web.vcl" <<'END'
vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = "8081"; }
sub vcl_deliver { set resp.http.x-peer = client.ip; }
END
}

varnish() { # ADDRESS
    launch varnishd -F -j none -n "$DIR/work" -S none -T none -s malloc,32m -f "$DIR/web.vcl" -a "$1"
}

ipv4_only() {
    varnish "0.0.0.0:$PORT"
}

by_default() {
    varnish ":$PORT"
}

work() { # HOST
    http "$1" /peer.php | grep -q REMOTE_ADDR
}

peer() { # HOST
    http "$1" /peer.php --dump-header - | grep -ai '^x-peer:' | address
}

row
