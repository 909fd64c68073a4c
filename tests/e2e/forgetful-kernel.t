#!/bin/sh
# SPDX-License-Identifier: MIT
# A kernel that says 0 to setsockopt(2) and does nothing, as gVisor's network stack
# does to what dualbind marks sockets with: every server is what it is without the
# shim, for clients of both families, and one line says why. apps/forgets.c is that
# kernel; make check-gvisor asks gVisor itself.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=unbound.sh
. "$(dirname "$0")/unbound.sh"
# shellcheck source-path=SCRIPTDIR source=forgetful.sh
. "$(dirname "$0")/forgetful.sh"
# HTTP, not what udp.sh asks.
ask() { # HOST PORT
    get "$@"
}

pod_ask() { # HOST PORT
    pod_get "$@"
}

need nginx nginx-light
need redis-server
need redis-cli redis-tools
need node nodejs
need php php-cli
need java default-jre-headless
need javac default-jdk-headless
need unbound
need dig bind9-dnsutils
need "$ROOT/build/tests/boost-peer" "libboost-dev, then make"
need_python uvicorn
need_python fastapi
# shellcheck disable=SC2034 # read by forms
FORM_SECONDS=600
forms dual

# ---- gVisor's stack, as far as a filter can show it --------------------------

FORGET=$ROOT/build/tests/forgets KERNEL="$ROOT/build/tests/forgets gvisor"
servers serves_both serves_both serves_both

# One that keeps no mark at all.
KERNEL="$FORGET gvisor,plain" SAID=1
with php as_native "no mark, php"
configure 8080 '[::]:8080'
with nginx as_native "no mark, nginx on both families"

# A dry run finds it out too.
SHIM_ENV=DUALBIND_DRY_RUN=1
with php as_native "no mark, a dry run"
SHIM_ENV=''

# ---- one option alone ----------------------------------------------------------

# Accepted IPv4 connections stay AF_INET6 sockets: the mark that they inherited has
# their names presented.
is "$(in_pod "$FORGET" addrform "$PYTHON" "$APPS/addrform.py")" AF_INET6 "addrform: is forgotten"
configure 8080
for server in nginx php node uvicorn; do
    ok "addrform, $server: starts" with "$server" serve 8080 "$FORGET" addrform
    is "$(listeners 8080 | uniq)" ":: inet6 v6only=0" "addrform, $server: is converted"
    battery_peers 8080
    stop
done
ok "addrform, names: starts" serve 8080 "$FORGET" addrform "$PYTHON" "$APPS/names.py" 8080
is "$(get "$POD_IP4")" "$NODE_IP4 $NODE_IP4 $POD_IP4 2" "addrform: each name of an IPv4 client is of AF_INET"
stop

# Without its guard a UDP socket would take datagrams of an IPv4-mapped source. Where there are no
# filters it is done without one; not where one is said to be there.
for what in filter unread-filter; do
    KERNEL="$FORGET $what" PROTOCOL=udp PROBE=udp SAID=1
    "$([ "$what" = filter ] && echo serves_both || echo as_native)" "$what, UDP" "$PYTHON" "$APPS/udp-peer.py" blocking 8080
    PROTOCOL=tcp
    ok "$what, TCP: starts" with nginx serve 8080 "$FORGET" "$what"
    is "$(listeners 8080 | uniq)" ":: inet6 v6only=0" "$what, TCP: is converted"
    stop
done

# A listener on 127.0.0.1 has a mark of two bits.
KERNEL="$FORGET multicast-loop" PROBE=http
as_native "multicast-loop, 127.0.0.1" "$PYTHON" -m http.server --bind 127.0.0.1 --directory "$DIR/www" 8080

# A converted socket must be able to make way for the program's next one.
KERNEL="$FORGET reuseport"
configure 8080 '[::]:8080'
with nginx as_native "reuseport, nginx on both families"

configure 8080
for what in isolate isolate,plain; do
    KERNEL="$FORGET $what"
    if [ "$what" = isolate ]; then
        with nginx serves_both "$what, nginx"
    else
        with nginx as_native "$what, nginx"
    fi
done

# Nothing is written if the socket's signals have no owner.
ok "owner: starts" with nginx serve 8080 "$FORGET" owner
is "$(listeners 8080 | uniq)" ":: inet6 v6only=0" "owner: is converted"
stop
done_testing
