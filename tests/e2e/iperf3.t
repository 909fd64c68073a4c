#!/bin/sh
# SPDX-License-Identifier: MIT
# iperf3: a TCP connection for control, and for data TCP or UDP. For each UDP
# stream the server binds its port, receives the first datagram, connects the
# socket to its sender, and binds the port again for the next stream.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need iperf3
forms ipv6 dual

ALLOW=5201/any

# All that iperf3 reports must add up: no error, and the receiving side got at
# least half of what was sent (the machine may be busy). The version decides
# which sums there are.
sums='
import json, sys
report = json.load(sys.stdin)
if "error" in report:
    sys.exit(report["error"])
end = report["end"]
for suffix in ("", "_bidir_reverse"):
    total = end.get("sum" + suffix, {})
    sent, got = (end.get(f"sum_{which}{suffix}", total).get("bytes") for which in ("sent", "received"))
    if suffix and sent is None and len(sys.argv) == 1:
        continue
    if "packets" in total:
        got = min(got, sent * (1 - total["lost_packets"] / max(total["packets"], 1)))
    print(f"sent {sent}, received {got}", file=sys.stderr)
    if not got or got < sent / 2:
        sys.exit("received too little")
'

run() { # HOST OPTION...
    run_host=$1
    shift
    timeout 20 iperf3 --client "$run_host" --port 5201 --time 1 --json "$@" >"$DIR/report.json" || {
        diag "iperf3 exits with $?"
        diag_file "$DIR/report.json"
        return 1
    }
    case $* in *--bidir*) set -- bidir ;; *) set -- ;; esac
    "$PYTHON" -c "$sums" "$@" <"$DIR/report.json" 2>>"$DIR/sums.log"
}

all_runs() { # HOST
    ok "TCP to $1" run "$1"
    ok "UDP to $1" run "$1" --udp --bitrate 10M
    ok "UDP from $1" run "$1" --udp --bitrate 10M --reverse
    ok "two UDP streams to $1" run "$1" --udp --bitrate 5M --parallel 2
    ok "two UDP streams from $1" run "$1" --udp --bitrate 5M --parallel 2 --reverse
    ok "UDP both ways with $1" run "$1" --udp --bitrate 5M --bidir
    ok "two TCP streams to $1" run "$1" --parallel 2
    ok "TCP from $1" run "$1" --reverse
}

# The clients that the server names: once for each connection, and for each stream.
peers() {
    sed -n -e 's/^Accepted connection from \(.*\), port .*/\1/p' -e 's/.* connected to \(.*\) port .*/\1/p' "$LOG" | sort -u
}

set -- iperf3 --server --bind 0.0.0.0 --port 5201 --forceflush
ok "starts without the shim" serve_plain 5201 "$@"
ok "without the shim: refused over IPv6" refused "$POD_IP6" 5201
[ -z "$POD_IP4" ] || all_runs "$POD_IP4"
stop
control_status=$STOP_STATUS

ok "starts with the shim" serve 5201 "$@"
is "$(listeners 5201)" ":: inet6 v6only=0" "listens for both families"
all_runs "$POD_IP6"
stands_for_node "$(peers)" "the IPv6 client, in all that the server says"
if [ -n "$POD_IP4" ]; then
    all_runs "$POD_IP4"
    is "$(peers)" "$({
        synthetic "$SHIM_LOG" "$NODE_IP6"
        echo "$NODE_IP4"
    } | sort)" "the IPv4 client is shown as itself"
    ok "UDP to $POD_IP6, after IPv4" run "$POD_IP6" --udp --bitrate 10M
fi
stop
is "$STOP_STATUS" "$control_status" "stops as without the shim"

# The same socket by another option.
ok "starts with -4" serve 5201 iperf3 --server --version4 --port 5201
ok "with -4: UDP to $POD_IP6" run "$POD_IP6" --udp --bitrate 10M
ok "with -4: UDP from $POD_IP6" run "$POD_IP6" --udp --bitrate 10M --reverse
[ -z "$POD_IP4" ] || ok "with -4: UDP to $POD_IP4" run "$POD_IP4" --udp --bitrate 10M
stop
done_testing
