#!/bin/sh
# SPDX-License-Identifier: MIT
# A local user at [::1] and the port of a service that is down, who asks a server of ours
# for something: when the service starts at 127.0.0.1, what the server sends there is the
# service's again (shim/core/peers/loopback.h).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
[ "$(id -u)" = 0 ] || skip_all "another user is needed, and only root can be one"
forms dual

tell() { # TEXT: the server hears it from the node
    "$PYTHON" -c 'import socket, sys
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(sys.argv[1].encode(), (sys.argv[2], 5000))' "$1" "$POD_IP4"
}
start_sink() { # NAME COMMAND...: its output is in $DIR/NAME, its process in $sink
    sink_log=$DIR/$1
    shift
    # shellcheck disable=SC2086 # words
    setsid "$ROOT/scripts/pod" exec env ${REUSE:-} "$@" </dev/null >"$sink_log" 2>&1 &
    sink=$!
    servers="$servers $sink"
}
got() { # NAME TEXT
    grep -q "^got $2\$" "$DIR/$1"
}
heard() { # ADDRESS
    grep -q "^heard $1 hello" "$LOG"
}
# One more is sent each time, until one comes.
service_gets() { # NAME
    tried=$((tried + 1))
    tell "send try $tried"
    grep -q '^got try' "$DIR/$1"
}

drawn() { # NAME COMMAND-OF-THE-SERVICE...
    name=$1
    shift
    # shellcheck disable=SC2034 # read by serve
    SHIM_ENV='' ALLOW=5000/udp
    ok "$name: the server starts" serve_udp 5000 "$PYTHON" "$APPS/loopback-drawn.py" hub 5000 5353
    start_sink thief setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$PYTHON" "$APPS/loopback-drawn.py" sink ::1 5353 5000
    thief=$sink
    ok "$name: while nobody is at 127.0.0.1, ::1 is shown as it" wait_for heard 127.0.0.1
    tell "send down"
    ok "$name: and answered there" wait_for got thief down
    start_sink service "$@"
    tried=0
    ok "$name: the service gets what is sent to 127.0.0.1" wait_for service_gets service
    for i in 1 2 3 4 5 6 7 8 9 10; do tell "send after $i"; done
    ok "$name: all of it" wait_for got service 'after 10'
    is "$(grep -c 'after' "$DIR/service") $(grep -c 'after' "$DIR/thief")" '10 0' "$name: and the other nothing"
    ok "$name: which is shown from the pool" wait_for heard '2[45][0-9]\.[0-9.]*'
    stop_with TERM "$thief"
    stop_with TERM "$sink"
    stop
}

drawn "a service" "$PYTHON" "$APPS/loopback-drawn.py" sink 127.0.0.1 5353
drawn "one on 0.0.0.0" "$PYTHON" "$APPS/loopback-drawn.py" sink 0.0.0.0 5353
drawn "one that we promote" LD_PRELOAD="$LIB" DUALBIND_ALLOW=127.0.0.1:5353/udp \
    "$PYTHON" "$APPS/loopback-drawn.py" sink 127.0.0.1 5353
# Then the service is at [::], beside [::1].
REUSE=REUSE=1
drawn "one that we promote, both with SO_REUSEADDR" LD_PRELOAD="$LIB" DUALBIND_ALLOW=127.0.0.1:5353/udp \
    "$PYTHON" "$APPS/loopback-drawn.py" sink 127.0.0.1 5353
drawn "one that we convert, both with SO_REUSEADDR" LD_PRELOAD="$LIB" DUALBIND_ALLOW=5353/udp \
    "$PYTHON" "$APPS/loopback-drawn.py" sink 0.0.0.0 5353
done_testing
