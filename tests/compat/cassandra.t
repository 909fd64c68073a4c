#!/bin/sh
# SPDX-License-Identifier: MIT
# Cassandra, one node, with CQL on 0.0.0.0 and a Java that is told to use IPv4 alone
# (preferIPv4Stack); by default CQL is at localhost.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
TITLE='Apache Cassandra' FAMILY='Data stores' PORT=9042 START_SECONDS=240 CLIENT_SECONDS=60
PACKAGES='tree:org.apache.cassandra:cassandra-all:5.0.9 pip:cqlsh==6.2.2'

# It asks for the names of its clients, and nobody answers here.
prepare() {
    echo '127.0.0.1 localhost' >"$DIR/hosts"
}

cassandra() { # ADDRESS JAVA'S...
    sed "s/^rpc_address: .*/rpc_address: $1/" "$CONFIGURATION/cassandra.yaml" >"$DIR/cassandra.yaml"
    shift
    # shellcheck disable=SC2086 # words
    launch java $JVM -Xms512m -Xmx512m "@$CONFIGURATION/cassandra.options" "$@" -javaagent:"$JARS/jamm-0.4.0.jar" \
        -cp "$JARS/*" -Dcassandra.config="file://$DIR/cassandra.yaml" -Dcassandra.storagedir="$DIR/data" \
        -Dlogback.configurationFile="$CONFIGURATION/logback.xml" -Dcassandra-foreground=yes \
        -Djdk.net.hosts.file="$DIR/hosts" org.apache.cassandra.service.CassandraDaemon
}

ipv4_only() {
    cassandra 0.0.0.0 -Djava.net.preferIPv4Stack=true
}

by_default() {
    cassandra localhost
}

ready() { # HOST
    grep -q 'Startup complete' "$LOG"
}

cql() { # HOST STATEMENTS
    client "$VENV/bin/cqlsh" "$1" "$PORT" -e "$2"
}

# A row is written and read.
work() { # HOST
    text=$(date +%s%N)
    cql "$1" "CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
        CREATE TABLE IF NOT EXISTS k.asked (host text PRIMARY KEY, value text);
        INSERT INTO k.asked (host, value) VALUES ('$1', '$text'); SELECT value FROM k.asked WHERE host = '$1';" |
        grep "^ *$text\$"
}

peer() { # HOST
    cql "$1" 'SELECT address FROM system_views.clients;' | grep '[.:]' | address
}

row
