#!/bin/sh
# SPDX-License-Identifier: MIT
# A static server in Go that listens with the network "tcp4", as those do that
# want IPv4 alone; with "tcp" Go serves both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Go net/http on tcp4' FAMILY='Programming languages' PORT=8080 MECHANISM=supervise
PACKAGES=apt:golang-go QUICK=1

version() {
    "$GO" version "$server" | sed 's/.*go\([0-9]\)/\1/'
}

prepare() {
    [ -x "$server" ]
}

ipv4_only() {
    launch "$server" tcp4 "$PORT"
}

by_default() {
    launch "$server" tcp "$PORT"
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

server=$ROOT/build/tests/go-static
row
