#!/bin/sh
# SPDX-License-Identifier: MIT
# Connections in great numbers, one after another and at once, to nginx: each is
# answered, and shown the right address. STRESS_LONG=1: 100,000 and 10,000 for
# each family, otherwise 2,000 and 1,000.
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck disable=SC2034 # read by forms
[ -z "${STRESS_LONG:-}" ] || FORM_SECONDS=2500
need nginx
forms dual
sequence=2000 crowd=1000
[ -z "${STRESS_LONG:-}" ] || { sequence=100000 crowd=10000; }
clients=$ROOT/build/tests/stress/connections

# It keeps all connections of the crowd before it answers the first.
cat >"$DIR/nginx.conf" <<CONF
worker_processes 2;
pid $DIR/nginx.pid;
events { worker_connections 15000; }
http {
    access_log off;
    client_header_timeout 1000s;
    client_body_temp_path $DIR/body;
    proxy_temp_path $DIR/proxy;
    fastcgi_temp_path $DIR/fastcgi;
    uwsgi_temp_path $DIR/uwsgi;
    scgi_temp_path $DIR/scgi;
    server {
        listen 8080 backlog=4096;
        location / { return 200 \$remote_addr; }
    }
}
CONF

# Clients with addresses that no host has: the node takes their packets.
ip -6 route add local fd00:db:1::/64 dev lo
ip route add local 198.51.100.0/24 dev lo

connections() { # sequence|crowd HOST COUNT BASE
    is "$("$clients" "$1" "$2" 8080 "$3" "$4" 2>>"$DIR/clients.log")" "$3" "$1 of $3 to $2: all are answered"
}

prlimit --pid $$ --nofile="$(prlimit --pid $$ --nofile --noheadings --output HARD):"
ok "starts" serve 8080 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
held=$(find "/proc/$SERVER_PID/fd" | wc -l)
connections sequence "$POD_IP6" "$sequence" fd00:db:1::
connections crowd "$POD_IP6" "$crowd" fd00:db:1::
connections sequence "$POD_IP4" "$sequence" 198.51.100.0
connections crowd "$POD_IP4" "$crowd" 198.51.100.0
is "$(grep -c ' shown \[fd00:db:1::' "$SHIM_LOG" | awk '{ print $1 >= 64 }')" 1 "the log tells who is who"
is "$(find "/proc/$SERVER_PID/fd" | wc -l)" "$held" "it holds no more descriptors than before"
is "$(grep -c -e emerg -e alert -e crit "$LOG")" 0 "nginx found nothing wrong"
stop
done_testing
