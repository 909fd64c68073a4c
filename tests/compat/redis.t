#!/bin/sh
# SPDX-License-Identifier: MIT
# redis, bound to 0.0.0.0 as many images do.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Redis FAMILY='Data stores' PORT=6379 QUICK=1
PACKAGES='apt:redis-server apt:redis-tools'

version() {
    redis-server --version | grep -o 'v=[^ ]*' | cut -c 3-
}

ipv4_only() {
    launch redis-server --bind 0.0.0.0 --protected-mode no --save '' --dir "$DIR"
}

by_default() {
    launch redis-server --protected-mode no --save '' --dir "$DIR"
}

work() { # HOST
    client redis-cli -h "$1" SET key "value for $1" | grep -qx OK &&
        client redis-cli -h "$1" GET key | grep -qx "value for $1"
}

peer() { # HOST
    client redis-cli -h "$1" CLIENT INFO | grep -o ' addr=[^ ]*' | address
}

row
