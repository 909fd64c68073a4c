#!/bin/sh
# SPDX-License-Identifier: MIT
# [::]:PORT in the allowlist lets IPv4 in where a program's own :: listener is
# for IPv6 only. The program asked for IPv6, so it is shown IPv6 addresses,
# with IPv4 clients as the kernel shows them on such a socket.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
need redis-server
need redis-cli redis-tools
forms dual

redis_ping() { # HOST
    [ "$(timeout 10 redis-cli -h "$1" -p 8080 PING 2>>"$DIR/curl.log")" = PONG ]
}

uvicorn_answers() { # HOST
    quietly get "$1"
}

both_families() { # NAME ANSWERS COMMAND...
    name=$1 answers=$2
    shift 2
    ok "$name: starts without the shim" serve_plain 8080 "$@"
    is "$(listeners 8080)" ":: inet6 v6only=1" "$name: without the shim: for IPv6 only"
    ok "$name: without the shim: refused over IPv4" refused "$POD_IP4"
    stop
    ALLOW=8080
    ok "$name: starts with 8080 allowed" serve 8080 "$@"
    is "$(listeners 8080)" ":: inet6 v6only=1" "$name: 8080 alone leaves it for IPv6 only"
    stop
    ALLOW='[::]:8080'
    ok "$name: starts with [::]:8080 allowed" serve 8080 "$@"
    is "$(listeners 8080)" ":: inet6 v6only=0" "$name: listens for both families"
    ok "$name: answers over IPv4" "$answers" "$POD_IP4"
    ok "$name: answers over IPv6" "$answers" "$POD_IP6"
    [ "$answers" != uvicorn_answers ] || {
        is "$(get "$POD_IP6")" "$NODE_IP6" "$name: an IPv6 client is shown as itself"
        is "$(get "$POD_IP4")" "::ffff:$NODE_IP4" "$name: an IPv4 client is shown as IPv4-mapped"
    }
    stop
}

both_families uvicorn uvicorn_answers \
    "$PYTHON" -m uvicorn --app-dir "$APPS" --host :: --port 8080 rest:app
both_families redis redis_ping \
    redis-server --bind :: --port 8080 --save '' --dir "$DIR" --protected-mode no
done_testing
