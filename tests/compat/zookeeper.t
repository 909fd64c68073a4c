#!/bin/sh
# SPDX-License-Identifier: MIT
# ZooKeeper on a Java that is told to use IPv4 alone (preferIPv4Stack); by default
# Java binds :: for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=ZooKeeper FAMILY='Data stores' PORT=2181 PACKAGES='apt:zookeeper apt:default-jre-headless'
START_SECONDS=60 CLIENT_SECONDS=30 FORM_SECONDS=400

version() {
    dpkg-query -W -f '${Version}' zookeeper
}

# Java asks for the names of addresses, and nobody answers here.
prepare() {
    printf '%s there\n' 127.0.0.1 ::1 "$POD_IP6" ${POD_IP4:+"$POD_IP4"} "$NODE_IP6" ${NODE_IP4:+"$NODE_IP4"} >"$DIR/hosts"
}

with_java() { # OPTION...
    rm -rf "$DIR/data"
    mkdir "$DIR/data"
    printf '%s\n' 'tickTime=2000' "dataDir=$DIR/data" "clientPort=$PORT" 'admin.enableServer=false' \
        '4lw.commands.whitelist=cons,srvr' >"$DIR/zoo.cfg"
    launch java "$@" -Djdk.net.hosts.file="$DIR/hosts" -cp '/usr/share/java/zookeeper.jar:/etc/zookeeper/conf' \
        org.apache.zookeeper.server.quorum.QuorumPeerMain "$DIR/zoo.cfg"
}

ipv4_only() {
    with_java -Djava.net.preferIPv4Stack=true
}

by_default() {
    with_java
}

ready() { # HOST
    cons "$1" | grep .
}

cons() { # HOST: its connections; the one that asks is among them
    printf cons | client "$PYTHON" "$APPS/dual-ask.py" "$1" "$PORT"
}

work() { # HOST
    text=$(date +%s%N)
    printf 'create /asked%s %s\nget /asked%s\n' "$text" "$text" "$text" |
        client java -Djdk.net.hosts.file="$DIR/hosts" -cp /usr/share/java/zookeeper.jar org.apache.zookeeper.ZooKeeperMain -server "$(at "$1"):$PORT" 2>&1 |
        grep -qx "$text"
}

peer() { # HOST
    cons "$1" | sed -n 's|^ */\(.*\):[0-9]*\[0\].*$|\1|p' | tail -n 1 | address
}

row
