#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx: it closes a connection whose peer is of another family than its
# listener, however large its buffer is.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
need nginx nginx-light
forms ipv6 dual

configure 8080
set -- nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
battery 8080 "$@"

# A reload hands the listener on, it does not bind again.
ok "starts" serve 8080 "$@"
workers=$(pgrep -P "$SERVER_PID" | sort)
new_workers_only() {
    [ -z "$(printf '%s\n' "$workers" "$(pgrep -P "$SERVER_PID")" | sort | uniq -d)" ]
}
kill -s HUP "$SERVER_PID"
ok "has replaced its workers after a reload" wait_for new_workers_only
stands_for_node "$(get "$POD_IP6")" "shows the same peer after a reload"
stop
done_testing
