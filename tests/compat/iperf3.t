#!/bin/sh
# SPDX-License-Identifier: MIT
# iperf3 on 0.0.0.0: TCP for control, TCP or UDP for data. For each UDP stream the
# server connects its socket to the sender, and binds the port again.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=iperf3 FAMILY='Network services' PORT=5201 RULE=5201/any PACKAGES=apt:iperf3 CLIENT_SECONDS=15

version() {
    iperf3 --version | awk 'NR == 1 { print $2 }'
}

by_default() { # [OPTION...]
    launch iperf3 --server --port "$PORT" --forceflush "$@"
}

ipv4_only() {
    by_default --bind 0.0.0.0
}

# It serves one client at a time, and counts as ready when it listens.
ready() { # HOST
    listening "$PORT"
}

work() { # HOST
    for options in '' '--reverse' '--udp --bitrate 5M' '--udp --bitrate 5M --reverse'; do
        # shellcheck disable=SC2086 # words
        client iperf3 --client "$1" --port "$PORT" --time 1 --json $options >"$DIR/report" || return
        "$PYTHON" -c 'import json, sys; sys.exit(not json.load(sys.stdin)["end"]["streams"])' <"$DIR/report" || return
    done
}

peer() { # HOST
    client iperf3 --client "$1" --port "$PORT" --bytes 1K --udp >/dev/null &&
        wait_for grep -q 'connected to' "$LOG" && sed -n 's/^.* connected to \(.*\) port .*/\1/p' "$LOG" | tail -n 1
}

row
