#!/bin/sh
# SPDX-License-Identifier: MIT
# Another preloaded library hooks bind(2) too. Where it comes after this one, what it lets
# the program bind is all that the program gets.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need authbind
forms dual

OTHER=$ROOT/build/tests/other-bind.so
FIRST=$LIB:$OTHER
LAST=$OTHER:$LIB

# Binds ADDRESS..., one after another, with the option where one is given; and keeps them.
program='
import os, socket, sys, time
kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
kept = []
for address in sys.argv[3].split():
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, kind)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if len(sys.argv) > 4:
        one.setsockopt(socket.SOL_SOCKET, getattr(socket, sys.argv[4]), 1)
    one.bind((address, int(sys.argv[2])))
    if kind == socket.SOCK_STREAM:
        one.listen()
    kept.append(one)
print(kept[0].getsockname(), os.listdir("/proc/self/fd").__len__(), flush=True)
time.sleep(600)
'
run() { # PRELOAD HOW PROTOCOL ADDRESSES [OPTION]
    preload=$1 how=$2
    shift 2
    rm -f "$DIR/path"
    # shellcheck disable=SC2034 # read by start
    SHIM_ENV="LD_PRELOAD=$preload OTHER_BIND=$how OTHER_PATH=$DIR/path"
    start_as "$1" serve 8080 "$PYTHON" -c "$program" "$1" 8080 "$2" ${3:+"$3"} &&
        wait_for grep -q "^('" "$LOG"
}
start_as() { # PROTOCOL COMMAND...
    as=$1
    shift
    if [ "$as" = tcp ]; then "$@"; else as_udp "$@"; fi
}
bound() { # PROTOCOL
    start_as "$1" listeners 8080 | tr '\n' ' '
}
told() { # TEXT
    grep -q "$1" "$SHIM_LOG"
}
descriptors() {
    tail -n 1 "$LOG" | sed 's/.* //'
}

for protocol in tcp udp; do
    serve_native() {
        start_as "$protocol" serve_plain 8080 "$PYTHON" -c "$program" "$protocol" 8080 0.0.0.0 &&
            wait_for grep -q "^('" "$LOG"
    }
    ok "$protocol: starts natively" serve_native
    native=$(descriptors)
    stop

    ALLOW='8080/any'
    for option in '' SO_REUSEPORT; do
        label="$protocol${option:+, $option}"
        ok "$label: loopback alone is allowed: starts" run "$FIRST" loopback "$protocol" 0.0.0.0 $option
        is "$(bound "$protocol")" "127.0.0.1 inet " "$label: and is bound there alone"
        is "$(descriptors)" "$native" "$label: no descriptor is left open"
        ok "$label: the log says why" told 'not converted: another preloaded library bound it elsewhere than 0.0.0.0'
        stop
    done
    ALLOW='127.0.0.1:8080/any'
    ok "$protocol: loopback alone is allowed, promoted: starts" run "$FIRST" loopback "$protocol" 127.0.0.1
    is "$(bound "$protocol")" "127.0.0.1 inet " "$protocol: and is bound there alone"
    ok "$protocol: the log says why" told 'another preloaded library binds it elsewhere'
    stop
    ALLOW=8080/any
    ok "$protocol: AF_INET6 is refused: starts" run "$FIRST" refuse "$protocol" 0.0.0.0
    is "$(bound "$protocol")" "0.0.0.0 inet " "$protocol: and is bound natively"
    is "$(descriptors)" "$native" "$protocol: no descriptor is left open"
    stop
    ok "$protocol: loopback alone, ours last: starts" run "$LAST" loopback "$protocol" 0.0.0.0
    is "$(bound "$protocol")" "127.0.0.1 inet " "$protocol: it has become loopback before"
    stop

    for how in as-it-is syscall; do
        for preload in "$FIRST" "$LAST"; do
            label="$protocol, $how, ${preload##*/} last"
            ok "$label: starts" run "$preload" $how "$protocol" 0.0.0.0
            is "$(bound "$protocol")" ":: inet6 v6only=0 " "$label: converted"
            is "$(descriptors)" "$native" "$label: no descriptor is left open"
            is "$(grep -c converted "$SHIM_LOG")" 1 "$label: once"
            is "$(grep -c 'not converted' "$SHIM_LOG")" 0 "$label: and nothing else is told"
            stop
            ok "$label: 0.0.0.0, then ::, starts" run "$preload" $how "$protocol" '0.0.0.0 ::'
            is "$(bound "$protocol")" "0.0.0.0 inet :: inet6 v6only=1 " "$label: and has both"
            stop
        done
        ok "$protocol, $how: in a SO_REUSEPORT group it starts" run "$FIRST" $how "$protocol" '0.0.0.0 0.0.0.0' SO_REUSEPORT
        is "$(bound "$protocol")" ":: inet6 v6only=0 :: inet6 v6only=0 " "$protocol, $how: all are converted"
        stop
    done
done

# A library that knows sockets by their number.
unix_path() {
    SHIM_ENV="LD_PRELOAD=$1 OTHER_BIND=unix OTHER_PATH=$DIR/path"
    rm -f "$DIR/path"
    try_serve 8080 "$PYTHON" -c "$program" tcp 8080 0.0.0.0 && return 1
    alive "$SERVER_PID" && [ -S "$DIR/path" ] && [ -z "$(listeners 8080)" ]
}
ALLOW=8080
for preload in "$FIRST" "$LAST"; do
    WAIT_TRIES=40 ok "a path instead of a port, ${preload##*/} last: nothing listens at the port" unix_path "$preload"
    stop
done

# Two copies of this library.
cp "$LIB" "$DIR/libdualbind.so"
for preload in "$LIB:$DIR/libdualbind.so" "$LIB:$OTHER:$DIR/libdualbind.so" "$LIB:$DIR/libdualbind.so:$OTHER"; do
    label="two copies, ${preload##*/} last"
    ok "$label: starts" run "$preload" as-it-is tcp 0.0.0.0
    is "$(bound tcp)" ":: inet6 v6only=0 " "$label: converted"
    is "$(grep -c converted "$SHIM_LOG")" 1 "$label: once"
    is "$(descriptors)" "$native" "$label: no descriptor is left open"
    stop
done
ok "two copies: 0.0.0.0, then ::, starts" run "$LIB:$DIR/libdualbind.so" as-it-is tcp '0.0.0.0 ::'
is "$(bound tcp)" "0.0.0.0 inet :: inet6 v6only=1 " "two copies: and has both"
stop
ok "two copies before loopback alone: starts" run "$LIB:$DIR/libdualbind.so:$OTHER" loopback tcp 0.0.0.0
is "$(bound tcp)" "127.0.0.1 inet " "two copies before loopback alone: bound there"
stop

# authbind, by which an ordinary user has a port below 1024: it comes last by itself.
nobody='mount -t tmpfs none /etc/authbind && cd /etc/authbind && mkdir byport byaddr byuid &&
    touch byport/80 && chmod 755 byport/80 && cd / &&
    exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'
chmod 755 "$DIR/libdualbind.so"
authbound() { # START PORT [OPTION]
    # shellcheck disable=SC2086 # words
    # env(1) sets LD_PRELOAD for what comes after it, not for unshare and setpriv.
    "$1" "$2" env -u LD_PRELOAD unshare -m sh -c "$nobody" sh \
        env ${AUTHBOUND:-} authbind --deep "$PYTHON" -c "$program" tcp "$2" 0.0.0.0 ${3:-}
}
if [ "$(id -u)" = 0 ]; then
    SHIM_ENV='' ALLOW='*'
    AUTHBOUND=''
    ok "authbind: an ordinary user has port 80 natively" authbound serve_plain 80
    stop
    AUTHBOUND="LD_PRELOAD=$DIR/libdualbind.so"
    for option in '' SO_REUSEPORT; do
        ok "authbind${option:+, $option}: starts with the shim" authbound serve 80 $option
        is "$(listeners 80)" ":: inet6 v6only=0" "authbind${option:+, $option}: port 80 is dual-stack"
        stop
    done
    ok "authbind: a port that it does not allow is refused" eval '! authbound try_serve 81'
    ok "authbind: with the reason" grep -q 'PermissionError' "$LOG"
    stop
fi
done_testing
