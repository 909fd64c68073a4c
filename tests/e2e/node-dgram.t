#!/bin/sh
# SPDX-License-Identifier: MIT
# node's dgram, udp4. A send to the address that came with a datagram fails
# with EINVAL when that address is of the wrong family.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need node nodejs
forms ipv6 dual

diag "one process"
battery_udp 5000 node "$APPS/udp-peer.js" 5000
diag "a cluster: the primary binds, two workers share the socket"
battery_udp 5000 node "$APPS/udp-peer.js" 5000 2
diag "reuseAddr"
battery_udp 5000 node "$APPS/udp-peer.js" 5000 reuse
diag "a cluster, with reuseAddr"
battery_udp 5000 node "$APPS/udp-peer.js" 5000 reuse 2

# With reuseAddr a second server can bind beside the first, and gets what comes
# from then on: so a server is replaced without a gap. That the second one has
# started cannot be seen at the port; it is asked for until it answers.
answers() { # PID HOST
    [ "$(udp_ask --expect '^[0-9]+$' "$2" 5000 pid)" = "$1" ]
}

beside() { # serve_udp|serve_udp_plain HOST...
    how=$1
    shift
    ok "$how: the first starts" "$how" 5000 node "$APPS/udp-peer.js" 5000 reuse
    first=$SERVER_PID
    ok "$how: the second starts" "$how" 5000 node "$APPS/udp-peer.js" 5000 reuse
    second=$SERVER_PID
    for host in "$@"; do
        ok "$how, $host: the second answers" wait_for answers "$second" "$host"
    done
    stop_with TERM "$first"
    for host in "$@"; do
        ok "$how, $host: when the first has gone, the second still answers" answers "$second" "$host"
    done
    stop
}

if [ "$POD_FORM" = dual ]; then
    beside serve_udp_plain "$POD_IP4"
    beside serve_udp "$POD_IP6" "$POD_IP4"
fi
done_testing
