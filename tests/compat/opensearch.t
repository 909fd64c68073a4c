#!/bin/sh
# SPDX-License-Identifier: MIT
# OpenSearch, its smallest distribution, on 0.0.0.0 and a Java that is told to use
# IPv4 alone (preferIPv4Stack); by default it listens on the addresses of loopback.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
TITLE=OpenSearch FAMILY='Data stores' PORT=9200 START_SECONDS=180 CLIENT_SECONDS=30
PACKAGES=maven:org.opensearch.distribution.integ-test-zip:opensearch:2.19.6:zip

build() {
    [ -e "$JARS/opensearch-2.19.6/lib" ] || (cd "$JARS" && jar -xf opensearch.zip)
}

prepare() {
    mkdir -p "$DIR/config" "$DIR/temp"
    cp "$CONFIGURATION/log4j2.properties" "$DIR/config"
}

# Not by bin/opensearch, which runs Java four times before the server.
opensearch() { # SETTING JAVA'S...
    printf '%s\n' "path.data: $DIR/data" "path.logs: $DIR/logs" 'discovery.type: single-node' \
        'logger.org.opensearch.http.HttpTracer: trace' "$1" >"$DIR/config/opensearch.yml"
    shift
    home=$JARS/opensearch-2.19.6
    # shellcheck disable=SC2086 # words
    as_user java $JVM -Xms512m -Xmx512m -Djava.io.tmpdir="$DIR/temp" -Dlog4j2.disable.jmx=true \
        -Dlog4j.shutdownHookEnabled=false -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true "$@" -cp "$home/lib/*" \
        -Dopensearch.path.home="$home" -Dopensearch.path.conf="$DIR/config" org.opensearch.bootstrap.OpenSearch
}

ipv4_only() {
    opensearch 'network.host: 0.0.0.0' -Djava.net.preferIPv4Stack=true
}

by_default() {
    opensearch ''
}

# A document is indexed, and found by a word.
work() { # HOST
    word=word$(date +%s%N)
    http "$1" "/asked/_doc/1?refresh=true" --request PUT --json "{\"text\": \"some $word\"}" | grep -q '"failed":0' &&
        http "$1" "/asked/_search?q=text:$word" | grep -q "\"text\": \"some $word\""
}

peer() { # HOST
    http "$1" / >/dev/null && sed -n 's|.*remoteAddress=/\(.*\):[0-9]*}.*|\1|p' "$LOG" | tail -n 1 | address | java_address
}

row
