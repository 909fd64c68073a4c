#!/bin/sh
# SPDX-License-Identifier: MIT
# PostgreSQL with listen_addresses='0.0.0.0'. pg_hba decides by address: the user
# "four" may come from an IPv4 network, "six" from an IPv6 one, "local" from
# 127.0.0.1 and ::1, and "any" from everywhere.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=PostgreSQL FAMILY='Data stores' PORT=5432 PACKAGES='apt:postgresql apt:postgresql-client' STOP_SIGNAL=INT QUICK=1
NOTES='A rule of pg_hba for an IPv6 network matches nobody: IPv6 clients are shown as IPv4'
# The question is which clients are refused; the users stay from one start to the next.
# Its end may meet the session of a client that has just gone; and who asks first may come too early.
log_filter() {
    grep -v -e 'the database system is starting up' -e 'no pg_hba.conf entry' -e 'role ".*" already exists' -e 'terminating connection due to administrator command'
}

version() {
    "$bin/postgres" --version | awk '{ print $3 }'
}

prepare() {
    mkdir "$DIR/run"
    printf 'host all %s %s trust\n' four 192.0.2.0/24 six fd00:db::/64 local 127.0.0.1/32 local ::1/128 any all \
        >"$DIR/pg_hba.conf"
    as_nobody env timeout 60 "$bin/initdb" -D "$DIR/data" -U any -A trust -N >"$DIR/initdb.log" 2>&1
}

with_addresses() { # ADDRESSES
    as_user "$bin/postgres" -D "$DIR/data" -p "$PORT" -c listen_addresses="$1" -c fsync=off -c shared_buffers=1MB \
        -c hba_file="$DIR/pg_hba.conf" -k "$DIR/run"
}

ipv4_only() {
    with_addresses 0.0.0.0
}

by_default() {
    with_addresses '*'
}

sql() { # HOST USER STATEMENTS
    client psql -X -q -A -t -h "$1" -p "$PORT" -U "$2" -c "$3" postgres
}

may() { # HOST: which users may come from here
    for user in four six local; do sql "$1" "$user" "SELECT '$user'"; done | xargs
}

ready() { # HOST: with all users
    sql "$1" any 'SELECT' && for user in four six local; do sql "$1" any "CREATE ROLE $user LOGIN"; done
    sql "$1" any 'SELECT'
}

work() { # HOST
    [ "$(sql "$1" any 'CREATE TEMP TABLE t AS SELECT generate_series(1, 1000) AS n; SELECT sum(n) FROM t')" = 500500 ] || return
    case $1 in
    127.0.0.1 | ::1) [ "$(may "$1")" = local ] ;;
    *.*) [ "$(may "$1")" = four ] ;;
    *) [ "$(sql "$1" any 'SELECT inet_client_addr()')" = "$NODE_IP6" ] || [ -z "$(may "$1")" ] ;;
    esac
}

peer() { # HOST
    sql "$1" any 'SELECT host(inet_client_addr())'
}

for bin in /usr/lib/postgresql/*/bin; do :; done
row
