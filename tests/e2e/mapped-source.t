#!/bin/sh
# SPDX-License-Identifier: MIT
# A datagram on the wire whose IPv6 source is an IPv4-mapped address: a program
# that is shown the IPv4 address inside would take a stranger for 127.0.0.1. The
# kernel delivers it (Linux 5.4 to 5.10 did not): shim/core/socket/v4mapped_filter.h,
# and v4mapped_item.h where there are no filters.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
forms dual

came() { # TEXT
    grep -q "^$1 " "$LOG"
}
shown() { # TEXT
    sed -n "s/^$1 //p" "$LOG"
}

compatible_is_nobody() {
    ! came compatible || in_pool "$(shown compatible)"
}

from() { # SOURCE TEXT
    "$PYTHON" "$APPS/raw-datagram.py" "$1" "$POD_IP6" 5000 "$2"
}

forged() { # NAME COMMAND...
    forged_name=$1
    shift
    ok "$forged_name: starts" serve_udp 5000 "$@"
    from "$NODE_IP6" real
    ok "$forged_name: a datagram that is made by hand comes" wait_for came real
    ok "$forged_name: and is shown from the pool" in_pool "$(shown real)"
    for source in ::ffff:127.0.0.1 ::ffff:10.0.0.1 "::ffff:$NODE_IP4" ::ffff:240.0.0.1 :: ::1; do
        from "$source" "from-$source"
    done
    from ::127.0.0.1 compatible
    from "$NODE_IP6" last
    ok "$forged_name: what is sent after all of them comes" wait_for came last
    is "$(grep '^from-' "$LOG")" '' "$forged_name: none with an IPv4-mapped source does, nor with :: or ::1"
    ok "$forged_name: the deprecated IPv4-compatible form is shown from the pool, if at all" compatible_is_nobody
    is "$(udp_pod_ask 127.0.0.1 5000)" 127.0.0.1 "$forged_name: 127.0.0.1 is shown to itself"
    is "$(udp_ask "$POD_IP4" 5000)" "$NODE_IP4" "$forged_name: and an IPv4 client"
    stop
}

for way in recvfrom recvmsg; do
    forged "$way" "$PYTHON" "$APPS/udp-seen.py" 5000 "$way"
    forged "no filters, $way" "$ROOT/build/tests/forgets" filter "$PYTHON" "$APPS/udp-seen.py" 5000 "$way"
    forged "no filters, after exec, $way" "$ROOT/build/tests/forgets" filter "$PYTHON" "$APPS/udp-seen.py" 5000 "$way" exec
done
done_testing
