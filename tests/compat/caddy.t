#!/bin/sh
# SPDX-License-Identifier: MIT
# Caddy bound to tcp4, as those do that want IPv4 alone, and reloaded; by
# default Go serves both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Caddy on tcp4' FAMILY='Web servers' PORT=8080 MECHANISM=supervise PACKAGES=apt:caddy

version() {
    caddy version
}

caddy_with() { # LINE
    cat >"$DIR/Caddyfile" <<END
{
    auto_https off
    log {
        output stdout
    }
}
:$PORT {
    $1
    respond "{remote_host}"
}
END
    launch env HOME="$DIR" caddy run --config "$DIR/Caddyfile" --adapter caddyfile
}

ipv4_only() {
    caddy_with 'bind tcp4/0.0.0.0'
}

by_default() {
    caddy_with ''
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" || return
    [ "$PLACE" = pod ] || in_pod env HOME="$DIR" timeout 10 caddy reload --force --config "$DIR/Caddyfile" \
        --adapter caddyfile >>"$DIR/client.log" 2>&1 && ready "$1"
}

peer() { # HOST
    http "$1" /
}

row
