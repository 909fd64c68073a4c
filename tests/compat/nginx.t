#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx with "listen PORT", and as Debian configures it, with a line for each
# family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/nginx-conf.sh
. "$ROOT/tests/e2e/nginx-conf.sh"
TITLE=nginx FAMILY='Web servers' PORT=8080 PACKAGES=apt:nginx-light QUICK=1 STOP_SIGNAL=QUIT

version() {
    nginx -v 2>&1 | sed 's|.*/||'
}

with_listeners() { # LISTEN...
    configure "$@"
    launch nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
}

ipv4_only() {
    with_listeners "$PORT"
}

by_default() {
    with_listeners "$PORT" "[::]:$PORT"
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
