#!/bin/sh
# SPDX-License-Identifier: MIT
# redis binds both families by default, and in whatever order it is told.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need redis-server
need redis-cli redis-tools
forms dual

peer_of() {
    sed -n 's/^.* addr=\[*\([0-9a-f.:]*\)\]*:[0-9]* .*$/\1/p'
}

ask() {
    timeout 10 redis-cli -h "$1" -p "$2" CLIENT INFO 2>&1 | peer_of
}

pod_ask() {
    in_pod timeout 10 redis-cli -h "$1" -p "$2" CLIENT INFO 2>&1 | peer_of
}

redis() { # BIND...
    as_native "bind $*" 6379 2 \
        redis-server --port 6379 --bind "$@" --protected-mode no --save '' --dir "$DIR"
}

redis '*' '-::*'
redis 0.0.0.0 ::
redis :: 0.0.0.0
# Beside ::1 what is promoted, and 0.0.0.0, do not yield: beside.t.
# shellcheck disable=SC2034 # read by each_rules and by observe
HARSH_RULES='*/any [::]:*' HOSTS=pod
redis 127.0.0.1 ::1
redis 127.0.0.1 '-::1'
redis ::1 127.0.0.1
done_testing
