#!/bin/sh
# SPDX-License-Identifier: MIT
# mosquitto: a listener without an address means both families.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need mosquitto
need mosquitto_pub mosquitto-clients
need mosquitto_sub mosquitto-clients
forms dual

# A message goes through the broker; then its log tells which client sent it.
publish() { # HOST PORT
    message=$1.$(grep -c 'New client connected' "$LOG")
    timeout 10 mosquitto_pub -h "$1" -p "$2" -i "$message" -t asked -r -m "$message" || return
    [ "$(timeout 10 mosquitto_sub -h "$1" -p "$2" -i reader -t asked -C 1)" = "$message" ] || return
    sed -n "s/^.*New client connected from \(.*\):[0-9]* as $message .*\$/\1/p" "$LOG"
}

ask() {
    publish "$@"
}

pod_ask() {
    message=$1.$(grep -c 'New client connected' "$LOG")
    in_pod timeout 10 mosquitto_pub -h "$1" -p "$2" -i "$message" -t asked -m "$message" || return
    sed -n "s/^.*New client connected from \(.*\):[0-9]* as $message .*\$/\1/p" "$LOG"
}

printf '%s\n' 'listener 1883' 'allow_anonymous true' "user $(id -un)" >"$DIR/mosquitto.conf"
as_native "listener 1883" 1883 2 mosquitto -v -c "$DIR/mosquitto.conf"
done_testing
