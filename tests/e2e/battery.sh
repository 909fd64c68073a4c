# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the shim did, and what every server must do under it. Read by lib.sh.

# ---- what the shim did ---------------------------------------------------

listeners() { # PORT
    in_pod ss -Hlne "--$PROTOCOL" "sport = :$1" | awk '
        { address = $4; sub(/:[0-9]+$/, "", address); family = "inet"; only = "" }
        /v6only:/ {
            family = "inet6"
            only = " v6only=" (/v6only:1/ ? 1 : 0)
            if (address == "*") address = "::"
            gsub(/[][]/, "", address)
        }
        { print address " " family only }' | sort
}

# Every process of the server must show the same client alike: two different
# answers in one log are printed as two lines, and then equal nothing.
synthetic() { # LOG ADDRESS
    sed -n "s/^dualbind .* shown \[$2\] as \([0-9.]*\)\$/\1/p" "$1" | sort -u
}

in_pool() { # ADDRESS
    case $1 in 24[0-9].*.*.* | 25[0-5].*.*.*) ;; *) return 1 ;; esac
}

# A test of its own: fails too if nothing was shown, or nothing logged.
stands_for_node() { # PEER NAME
    mapped=$(synthetic "$SHIM_LOG" "$NODE_IP6")
    is "$1" "${mapped:-what the log says: nothing about $NODE_IP6}" "$2"
    ok "$2: in the pool" in_pool "$1"
}

# ---- what every server must do -------------------------------------------

# The peer's address as the server tells it. HTTP: the body of the answer.
ask() { # HOST PORT
    get "$@"
}

pod_ask() { # HOST PORT
    pod_get "$@"
}

many() { # HOST N PORT
    sequential "$@"
}

throng() { # HOST M PORT
    crowd "$@"
}

BATTERY_SEQUENTIAL=200
BATTERY_CROWD=50

# Without the shim: unreachable over IPv6, and how it stops. With the shim:
# reachable, the right peer address from everywhere, many and concurrent
# connections, the same stop, the port free at once. With both families it is
# IPv4 that must not suffer.
battery() { # PORT COMMAND...
    battery_port=$1
    [ "$POD_FORM" != ipv6 ] || battery_control "$@"
    ok "starts with the shim" serve "$@" || return 0
    is "$(listeners "$battery_port" | uniq)" ":: inet6 v6only=0" "listens for both families"
    battery_peers "$battery_port"
    battery_asks=connections
    [ "$PROTOCOL" = tcp ] || battery_asks=queries
    # shellcheck disable=SC2153 # POD_IP6 comes from scripts/pod
    is "$(many "$POD_IP6" "$BATTERY_SEQUENTIAL" "$battery_port")" "$BATTERY_SEQUENTIAL" \
        "$BATTERY_SEQUENTIAL $battery_asks over IPv6"
    is "$(throng "$POD_IP6" "$BATTERY_CROWD" "$battery_port")" "$BATTERY_CROWD" \
        "$BATTERY_CROWD at once over IPv6"
    if [ -n "$POD_IP4" ]; then
        is "$(many "$POD_IP4" "$BATTERY_SEQUENTIAL" "$battery_port")" "$BATTERY_SEQUENTIAL" \
            "$BATTERY_SEQUENTIAL $battery_asks over IPv4"
        is "$(throng "$POD_IP4" "$BATTERY_CROWD" "$battery_port")" "$BATTERY_CROWD" \
            "$BATTERY_CROWD at once over IPv4"
    fi
    stop
    [ "$POD_FORM" != ipv6 ] || is "$STOP_STATUS" "$control_status" "stops as without the shim"
    ok "starts again on the same port at once" serve "$@" || return 0
    ok "answers again over IPv6" quietly ask "$POD_IP6" "$battery_port"
    stop
}

quietly() { # COMMAND...
    "$@" >/dev/null
}

nobody_at() { # HOST PORT
    if [ "$PROTOCOL" = udp ]; then udp_refused "$@"; else refused "$@"; fi
}

battery_control() { # PORT COMMAND...
    ok "starts without the shim" serve_plain "$@"
    ok "without the shim: answers inside the pod over IPv4" quietly pod_ask 127.0.0.1 "$1"
    ok "without the shim: refused over IPv6" nobody_at "$POD_IP6" "$1"
    is "$(listeners "$1" | uniq)" "0.0.0.0 inet" "without the shim: listens for IPv4 only"
    stop
    control_status=$STOP_STATUS
}

battery_peers() { # PORT
    stands_for_node "$(ask "$POD_IP6" "$1")" "an IPv6 client is shown as the log says"
    is "$(pod_ask ::1 "$1")" 127.0.0.1 "::1 is shown as 127.0.0.1"
    is "$(pod_ask 127.0.0.1 "$1")" 127.0.0.1 "127.0.0.1 is shown as itself"
    [ -z "$POD_IP4" ] || is "$(ask "$POD_IP4" "$1")" "$NODE_IP4" "an IPv4 client is shown as itself"
}
