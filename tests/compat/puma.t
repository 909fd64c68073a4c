#!/bin/sh
# SPDX-License-Identifier: MIT
# Puma in cluster mode. USR2 has it execute itself with its listener, and start
# workers anew.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE='Puma, cluster' FAMILY='Application servers' PORT=9292 PACKAGES=apt:puma

version() {
    puma --version | awk '{ print $3 }'
}

puma_with() { # OPTION...
    echo 'run ->(env) { [200, {"content-type" => "text/plain"}, [env["REMOTE_ADDR"]]] }' >"$DIR/config.ru"
    launch puma --dir "$DIR" --workers 2 --threads 1:4 "$@" "$DIR/config.ru"
}

ipv4_only() {
    puma_with --bind "tcp://0.0.0.0:$PORT"
}

by_default() {
    puma_with
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" && reload USR2 && wait_for ready "$1"
}

peer() { # HOST
    http "$1" /
}

row
