#!/bin/sh
# SPDX-License-Identifier: MIT
# Kafka, one node that is broker and controller (KRaft), on a Java that is told to
# use IPv4 alone (preferIPv4Stack); by default Java binds :: for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
TITLE='Apache Kafka' FAMILY='Message brokers' PORT=9092 START_SECONDS=120 CLIENT_SECONDS=60
PACKAGES='tree:org.apache.kafka:kafka_2.13:4.4.0 tree:org.apache.kafka:kafka-tools:4.4.0
    tree:org.apache.logging.log4j:log4j-slf4j-impl:2.25.5'

kafka() { # CLASS ARGUMENT...: as $AS says, with $JAVA's options
    # shellcheck disable=SC2086 # words
    ${AS:-} java $JVM -Xmx256m ${JAVA:-} -cp "$JARS/*" "$@"
}

prepare() {
    { cat "$CONFIGURATION/kafka.properties" && echo "log.dirs=$DIR/data"; } >"$DIR/kafka.properties"
    AS='' kafka kafka.tools.StorageTool format --cluster-id dualbind --config "$DIR/kafka.properties" \
        >"$DIR/format.log"
}

broker() { # LISTENER JAVA'S...
    listeners=$1,CONTROLLER://127.0.0.1:9093
    shift
    AS=launch JAVA="-Dlog4j2.configurationFile=$CONFIGURATION/log4j2.properties $*" \
        kafka kafka.Kafka "$DIR/kafka.properties" --override "listeners=$listeners"
}

ipv4_only() {
    broker PLAINTEXT://0.0.0.0:9092 -Djava.net.preferIPv4Stack=true
}

by_default() {
    broker PLAINTEXT://:9092
}

ready() { # HOST
    grep -q 'Kafka Server started' "$LOG"
}

asks() { # HOST CLASS ARGUMENT...
    echo "$1 broker" >"$DIR/hosts"
    shift
    AS=client JAVA="-Djdk.net.hosts.file=$DIR/hosts" kafka "$@" --bootstrap-server broker:9092
}

# A message goes into a new topic, and a group of consumers gets it.
work() { # HOST
    topic=$(date +%s%N)
    echo "for $1" | asks "$1" org.apache.kafka.tools.ConsoleProducer --topic "$topic" \
        --command-property client.id="for $1" &&
        asks "$1" org.apache.kafka.tools.consumer.ConsoleConsumer --topic "$topic" --from-beginning --max-messages 1 |
        grep -qx "for $1"
}

# Of what was asked at that address just before.
peer() { # HOST
    grep -aF "\"clientId\":\"for $1\"" "$LOG" | sed -n 's/.*"connection":"[^"]*-\([^"-]*\):[0-9]*-[0-9-]*".*/\1/p' |
        tail -n 1 | java_address
}

# What is told as INFO has the names of all settings, and what the end cut short. By
# chance something is closed twice; a start with data is told in other words than the
# first one.
log_filter() {
    grep -avE "^(INFO|DEBUG|$(printf '\t'))|Attempting to close NetworkClient|Performing controller activation"
}

row
