#!/bin/sh
# SPDX-License-Identifier: MIT
# etcd, a Go program, with its client's URL on 0.0.0.0, which Go binds as :: for
# both families; by default it is on loopback.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=etcd FAMILY='Data stores' PORT=2379 MECHANISM=supervise PACKAGES='apt:etcd-server apt:etcd-client'
NEVER_IPV4_ONLY='Go binds 0.0.0.0 as :: for both families' NOT_TOLD='it neither logs nor tells its clients'

version() {
    etcd --version | awk 'NR == 1 { print $3 }'
}

by_default() {
    launch "$(command -v etcd)" --data-dir "$DIR/data" --listen-client-urls "http://0.0.0.0:$PORT" \
        --advertise-client-urls "http://127.0.0.1:$PORT"
}

work() { # HOST
    text=$(date +%s%N)
    for command in "put key $text" 'get key --print-value-only'; do
        # shellcheck disable=SC2086 # words
        client env ETCDCTL_API=3 etcdctl --endpoints="http://$(at "$1"):$PORT" $command || return
    done | tail -n 1 | grep -qx "$text"
}

row
