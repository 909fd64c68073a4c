#!/bin/sh
# PostgreSQL with listen_addresses=0.0.0.0, and with *: both families, of which
# pg_hba knows the addresses.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=PostgreSQL FAMILY='Data stores' PORT=5432 PACKAGES='apt:postgresql apt:postgresql-client'

version() {
    "$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres)")/postgres" --version | awk '{ print $3 }'
}

prepare() {
    PATH=$PATH:$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres)")
    mkdir "$DIR/data" && chown nobody:nogroup "$DIR/data" "$DIR" || return
    setpriv --reuid=nobody --regid=nogroup --clear-groups timeout 60 initdb -D "$DIR/data" -U tester -A trust -N \
        >"$DIR/initdb.log" 2>&1 &&
        printf 'host all all %s trust\n' 0.0.0.0/0 ::/0 >"$DIR/pg_hba.conf"
}

postgres_on() { # ADDRESSES
    as_user postgres -D "$DIR/data" -p "$PORT" -c listen_addresses="$1" -c fsync=off -c hba_file="$DIR/pg_hba.conf" -k "$DIR"
}

ipv4_only() {
    postgres_on 0.0.0.0
}

by_default() {
    postgres_on '*'
}

query() { # HOST SQL
    client psql -X -A -t -q -h "$1" -p "$PORT" -U tester postgres -c "$2"
}

work() { # HOST
    query "$1" 'CREATE TEMPORARY TABLE t AS SELECT 7 AS k; SELECT k FROM t' | grep -qx 7
}

peer() { # HOST
    query "$1" 'SELECT host(inet_client_addr())'
}

row
