#!/bin/sh
# SPDX-License-Identifier: MIT
# C# under Mono: its HttpListener makes of "*" 0.0.0.0, IPv4 alone. Asked by a
# name, since it takes no IPv6 address as the host of a request.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Mono HttpListener' FAMILY='Programming languages' PORT=8080 PACKAGES='apt:mono-mcs apt:mono-runtime'

version() {
    mono --version | awk 'NR == 1 { print $5 }'
}

prepare() {
    mcs -out:"$DIR/mono-http.exe" "$ROOT/tests/compat/apps/mono-http.cs"
}

ipv4_only() {
    launch mono "$DIR/mono-http.exe" "$PORT"
}

by_default() {
    ipv4_only
}

peer() { # HOST
    http "$1" / --header 'Host: mono'
}

work() { # HOST
    peer "$1" | grep .
}

row
