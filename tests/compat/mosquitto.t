#!/bin/sh
# SPDX-License-Identifier: MIT
# mosquitto with a listener on 0.0.0.0; without an address it has one of each
# family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=mosquitto FAMILY='Message brokers' PORT=1883 PACKAGES='apt:mosquitto apt:mosquitto-clients' QUICK=1

version() {
    mosquitto -h | awk 'NR == 1 { print $3 }'
}

prepare() {
    mosquitto=$(own_copy mosquitto)
}

broker() { # [ADDRESS]
    printf '%s\n' "listener $PORT${1:+ $1}" 'allow_anonymous true' "user $(id -un)" 'log_type all' >"$DIR/mosquitto.conf"
    launch "$mosquitto" -c "$DIR/mosquitto.conf"
}

ipv4_only() {
    broker 0.0.0.0
}

by_default() {
    broker
}

# A message is kept, and read back.
work() { # HOST
    client mosquitto_pub -h "$1" -p "$PORT" -t work -r -m "for $1" &&
        client mosquitto_sub -h "$1" -p "$PORT" -t work -C 1 -W 5 | grep -qx "for $1"
}

peer() { # HOST
    name=c$(date +%s%N)
    client mosquitto_pub -h "$1" -p "$PORT" -i "$name" -t other -m hello &&
        wait_for grep -q "connected from .* as $name" "$LOG" &&
        sed -n "s/.*connected from \(.*\):[0-9]* as $name .*/\1/p" "$LOG"
}

row
