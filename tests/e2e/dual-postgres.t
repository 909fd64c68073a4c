#!/bin/sh
# SPDX-License-Identifier: MIT
# PostgreSQL with listen_addresses='*'; pg_hba decides on the client's address.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
for postgres in /usr/lib/postgresql/*/bin/postgres; do bin=${postgres%/postgres}; done
PATH=$PATH:$bin
need postgres postgresql
need psql postgresql-client
forms dual

ask() {
    timeout 10 psql -X -A -t -h "$1" -p "$2" -U tester -c 'SELECT host(inet_client_addr())' postgres 2>>"$DIR/client.log"
}

pod_ask() {
    in_pod timeout 10 psql -X -A -t -h "$1" -p "$2" -U tester -c 'SELECT host(inet_client_addr())' postgres \
        2>>"$DIR/client.log"
}

said() {
    grep -iE 'warn|error|fatal|bind|listening' "$LOG" | sed 's/^[-0-9:. ]*//; s/UTC//'
}

# It refuses to be root.
as_somebody() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

mkdir "$DIR/data" "$DIR/socket"
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$DIR/data" "$DIR/socket"
make_data() {
    as_somebody timeout 60 initdb -D "$DIR/data" -U tester -A trust -N >"$DIR/initdb.log" 2>&1
}
ok "makes a data directory" make_data
for peer in "$NODE_IP4/32" "$NODE_IP6/128" 127.0.0.1/32 ::1/128; do
    echo "host all all $peer trust"
done >"$DIR/pg_hba.conf"

# env only, since as_somebody is a function, and this one is for the server.
set -- postgres -D "$DIR/data" -p 5432 -c listen_addresses='*' -c fsync=off -c shared_buffers=1MB \
    -c hba_file="$DIR/pg_hba.conf" -k "$DIR/socket"
[ "$(id -u)" != 0 ] || set -- setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
as_native "listen_addresses=*" 5432 2 "$@"
done_testing
