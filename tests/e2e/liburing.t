#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers on liburing, which makes its system calls itself: what its functions submit is looked at, and
# of a ring that another copy of it drives nothing is seen. An IPv4 client is always answered, and is
# named as it is natively, but where a program was said to know AF_INET6.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$ROOT/tests/e2e/udp.sh"
need "$ROOT/build/tests/uring-peer" "liburing-dev, then make tests"
forms ipv6 dual
peer=$ROOT/build/tests/uring-peer
own=$ROOT/build/tests/uring-peer-static

# A listener that yields is away for a moment.
is_at() { # SOCKET
    [ "$(in_protocol listeners 8080)" = "$1" ]
}

# An answer over IPv4, and what there is over IPv6.
over_ipv4() { # NAME [PEER]
    is "$("$pod_ask" 127.0.0.1 8080)" "${2:-127.0.0.1}" "$1: an IPv4 client of the pod"
    [ -z "$POD_IP4" ] || is "$("$ask" "$POD_IP4" 8080)" "${2:+::ffff:}$NODE_IP4" "$1: an IPv4 client"
}

is_native() { # NAME
    ok "$1: it is IPv4 alone" wait_for is_at "0.0.0.0 inet"
    over_ipv4 "$1"
    ok "$1: nobody is there over IPv6" "$nobody" "$POD_IP6" 8080
}

is_dual() { # NAME [SHOWN]
    is "$(in_protocol listeners 8080)" ":: inet6 v6only=0" "$1: it is dual-stack"
    over_ipv4 "$1" "${2:-}"
    if [ -n "${2:-}" ]; then
        is "$("$ask" "$POD_IP6" 8080)" "$NODE_IP6" "$1: an IPv6 client"
    else
        stands_for_node "$("$ask" "$POD_IP6" 8080)" "$1: an IPv6 client"
    fi
}

tcp() {
    protocol=tcp ask=get pod_ask=pod_get nobody=refused ALLOW=8080
}

udp() {
    protocol=udp ask=udp_ask pod_ask=udp_pod_ask nobody=udp_refused ALLOW=8080/udp
}

in_protocol() { # COMMAND...
    if [ "$protocol" = udp ]; then as_udp "$@"; else "$@"; fi
}

# What a ring of a process holds is let go some time after the process has ended.
ends() {
    stop
    wait_for is_at ""
}

serves() { # PROGRAM [WORD...]
    serves_by=$1
    shift
    in_protocol try_serve 8080 "$serves_by" "$protocol" 0.0.0.0 8080 "$@"
    ok "starts: $protocol $*" wait_for in_protocol listening 8080
}

logged() { # WORDS
    is "$(grep -c "$1" "$SHIM_LOG")" 1 "one line: $1"
}

diag "TCP: the ring accepts with a name, or polls: what comes then is not known"
tcp
for words in "in" "in late" "" "late" "late timeout" "late both" "late events" "polls"; do
    # shellcheck disable=SC2086 # words
    serves "$peer" $words
    is_native "accept, $words"
    logged '8080/tcp yielded \[::\] -> 0.0.0.0'
    ends
done

diag "TCP: it accepts without a name"
for words in "nameless" "nameless late" "multishot" "multishot late in"; do
    # shellcheck disable=SC2086 # words
    serves "$peer" $words
    is_dual "accept, $words"
    logged converted
    ends
done

diag "TCP: a program that knows AF_INET6"
# shellcheck disable=SC2034 # read by serve
SHIM_ENV=DUALBIND_PEERS=native
serves "$peer"
is_dual "accept, native" ::ffff:127.0.0.1
ends
SHIM_ENV=

diag "UDP"
udp
for words in "in" "in late" "" "late" "in late timeout" "in late both" "in late events"; do
    # shellcheck disable=SC2086 # words
    serves "$peer" $words
    is_native "receive, $words"
    ends
done
# shellcheck disable=SC2034 # read by serve
SHIM_ENV=DUALBIND_PEERS=native
serves "$peer"
is_dual "receive, native" ::ffff:127.0.0.1
ends
serves "$peer" in late
is_native "receive, native, in late"
ends
SHIM_ENV=

diag "liburing in the program"
serves "$own" in
is_native "own, in"
logged '8080/udp not converted: the program uses io_uring at 0.0.0.0'
is "$(in_pod "$ROOT/build/dualbind" check "$SERVER_PID" | grep -c '^It has an io_uring instance (fd 3)')" 1 \
    "check PID names the ring"
ends
tcp
serves "$own" nameless
is_dual "own, nameless"
logged 'clients that io_uring names are shown as AF_INET6'
is "$(in_pod "$ROOT/build/dualbind" check "$SERVER_PID" | grep -c '^It has an io_uring instance (fd 3)')" 1 \
    "check PID names the ring, for TCP too"
ends
done_testing
