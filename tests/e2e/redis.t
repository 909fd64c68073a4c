#!/bin/sh
# SPDX-License-Identifier: MIT
# redis, bound to 0.0.0.0 as many images do. Its protected mode trusts
# 127.0.0.1, so the address by which an unknown client is shown decides whether it gets in.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need redis-server
need redis-cli redis-tools
forms ipv6 dual

client() { # HOST PORT COMMAND...
    client_host=$1 client_port=$2
    shift 2
    timeout 10 redis-cli -h "$client_host" -p "$client_port" "$@" 2>&1
}

peer_of() {
    sed -n 's/^.* addr=\([0-9a-f.:]*\):[0-9]* .*$/\1/p' | grep .
}

ask() {
    client "$1" "$2" CLIENT INFO | peer_of
}

pod_ask() {
    timeout 10 "$ROOT/scripts/pod" exec redis-cli -h "$1" -p "$2" CLIENT INFO | peer_of
}

many() {
    i=0
    while [ "$i" -lt "$2" ]; do
        i=$((i + 1))
        client "$1" "$3" PING
    done | grep -c '^PONG$'
}

throng() {
    perl "$APPS/crowd.pl" "$1" "$3" "$2" 'PING
QUIT
' '^\+PONG\r\n\+OK\r\n\z' 2>>"$DIR/curl.log"
}

denied() { # HOST
    client "$1" 6379 PING | grep -q DENIED
}

set -- redis-server --bind 0.0.0.0 --port 6379 --save '' --dir "$DIR"
battery 6379 "$@" --protected-mode no

ok "starts in protected mode" serve 6379 "$@" --protected-mode yes
ok "protected mode keeps an IPv6 client out" denied "$POD_IP6"
[ -z "$POD_IP4" ] || ok "protected mode keeps an IPv4 client out" denied "$POD_IP4"
is "$(in_pod redis-cli -h ::1 PING)" PONG "protected mode lets ::1 in"
stop
done_testing
