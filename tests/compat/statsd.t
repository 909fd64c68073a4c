#!/bin/sh
# SPDX-License-Identifier: MIT
# statsd (node) on 0.0.0.0, its default, with its administration over TCP, which tells
# what it has counted.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=statsd FAMILY='Monitoring and logs' PORT=8125 PROTOCOL=udp RULE='8125/udp 8126' START_SECONDS=40
PACKAGES=npm:statsd@0.9.0
NOT_TOLD='it tells no addresses'
LOAD='10,000 counts of 200 addresses'

version() {
    sed -n 's/^ *"version": "\(.*\)".*$/\1/p' "$NPM/node_modules/statsd/package.json"
}

by_default() {
    echo "{ port: $PORT, mgmt_port: 8126, mgmt_address: '0.0.0.0', flushInterval: 100000000, backends: [] ${1:-} }" >"$DIR/statsd.js"
    launch node "$NPM/node_modules/statsd/stats.js" "$DIR/statsd.js"
}

ipv4_only() {
    by_default ", servers: [{ server: './servers/udp', address: '0.0.0.0', port: $PORT }]"
}

prepare() {
    many_addresses
}

work() { # HOST
    client "$PYTHON" "$ROOT/tests/compat/apps/statsd-load.py" --once "work$(date +%s%N)" "$1" "$PORT" 8126
}

load() { # HOST
    case $1 in *:*) load_network=fd00:db:1::/64 ;; *) load_network=198.18.0.0/16 ;; esac
    client "$PYTHON" "$ROOT/tests/compat/apps/statsd-load.py" --network "$load_network" "$1" "$PORT" 8126
}

row
