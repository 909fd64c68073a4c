#!/bin/sh
# SPDX-License-Identifier: MIT
# Elixir's gen_tcp server, with a process for each connection that tells which client
# asked; for both families it is given :inet6.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Elixir, gen_tcp' FAMILY='Programming languages' PORT=4000 PACKAGES=apt:elixir

version() {
    elixir --version | awk '/^Elixir/ { print $2 }'
}

elixir_with() { # OPTIONS
    launch elixir "$ROOT/tests/compat/apps/elixir-peer.exs" "$PORT" "$1"
}

ipv4_only() {
    elixir_with '[:inet]'
}

by_default() {
    elixir_with '[:inet6]'
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
