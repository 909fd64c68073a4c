#!/bin/sh
# SPDX-License-Identifier: MIT
# python3 -m http.server: a thread per connection. It does not tell the peer in
# its answer, but in its log. Its backlog is 5: a larger crowd would wait for
# the kernel to send each SYN again, with the shim and without.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need "$PYTHON" python3
forms ipv6 dual

last_logged() {
    sed -n 's/^\([0-9a-f.:]*\) - - .*/\1/p' "$LOG" | tail -n 1
}

ask() {
    get "$@" >"$DIR/answer" && last_logged
}

pod_ask() {
    pod_get "$@" >"$DIR/answer" && last_logged
}

mkdir "$DIR/www"
cd "$DIR/www" || exit
BATTERY_CROWD=6
battery 8080 "$PYTHON" -m http.server --bind 0.0.0.0 8080
done_testing
