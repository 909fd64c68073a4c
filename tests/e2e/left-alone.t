#!/bin/sh
# SPDX-License-Identifier: MIT
# A port that a rule covers stays IPv4-only: the log says why in one line at info, and so do
# `dualbind check PID` and `dualbind ps`. Where the program's own bind fails too nothing is said.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
forms ipv6
OTHER=$ROOT/build/tests/other-bind.so
REFUSE=$ROOT/build/tests/refuse

has_port() {
    start_as serve 8080 "$@" "$PYTHON" "$SOCKETS" "$protocol/0.0.0.0/8080"
}
start_as() { # COMMAND...
    if [ "$protocol" = tcp ]; then "$@"; else as_udp "$@"; fi
}

# A stranger may have it too.
has_it() {
    start_as listeners 8080 | grep -q '^0.0.0.0 inet'
}

tells() { # LABEL LINE WORDS
    ok "$1: it has its port natively" wait_for has_it
    is "$(sed 's/.* port=//' "$SHIM_LOG")" "8080/$protocol not converted: $2" "$1: one line in the log"
    rule=8080
    [ "$protocol" = tcp ] || rule=8080/udp
    ask_dualbind check "$SERVER_PID"
    is "$asked $(line "$protocol" 0.0.0.0:8080)" "1 $protocol 0.0.0.0:8080 IPv4 only covered, not converted: $3" \
        "$1: check PID"
    ask_dualbind check --json "$SERVER_PID"
    is "$(json '[(l["rule"], l["why"]) for l in j["listeners"]]')" "[('$rule', '$3')]" "$1: check --json PID"
    ask_dualbind ps
    is "$asked $(line "$protocol" 0.0.0.0:8080)" "0 $protocol 0.0.0.0:8080 IPv4 only python3 $SERVER_PID $(id -u) $3" \
        "$1: ps"
    ask_dualbind ps --json
    is "$(json '[l["why"] for l in j["listeners"] if l["family"] == "ipv4"]')" "['$3']" "$1: ps --json"
}

for protocol in tcp udp; do
    start_as serve_plain 8080 "$PYTHON" "$SOCKETS" "$protocol/::1/8080"
    stranger=$SERVER_PID
    ok "$protocol, a stranger: starts" has_port
    tells "$protocol, a stranger" 'no dual-stack socket for 0.0.0.0: EADDRINUSE' \
        'another program has the port over IPv6 (EADDRINUSE): stop it, and start this one again'
    stop
    stop_with TERM "$stranger"

    ok "$protocol, no AF_INET6: starts" has_port "$REFUSE" inet6
    tells "$protocol, no AF_INET6" 'no dual-stack socket for 0.0.0.0: EAFNOSUPPORT' \
        'there was no IPv6 when it started (EAFNOSUPPORT)'
    stop

    SHIM_ENV="LD_PRELOAD=$LIB:$OTHER OTHER_BIND=refuse"
    ok "$protocol, another library refuses it: starts" has_port
    tells "$protocol, another library refuses it" 'no dual-stack socket for 0.0.0.0: EACCES' \
        'it may not bind the port over IPv6, or not read /proc (EACCES: Landlock? authbind?)'
    stop
    SHIM_ENV=''

    # The port is free: it is converted, and what was kept of it is forgotten.
    ok "$protocol, converted: starts" has_port
    is "$(sed 's/.* port=//' "$SHIM_LOG")" "8080/$protocol converted 0.0.0.0 -> [::]" "$protocol, converted"

    # A second one fails as it does natively.
    first=$SERVER_PID
    start_as try_serve 8080 "$PYTHON" "$SOCKETS" "$protocol/0.0.0.0/8080"
    ok "$protocol, in use: ends" wait_for dead "$SERVER_PID"
    is "$(cat "$SHIM_LOG")" '' "$protocol, in use: nothing is told"
    stop
    stop_with TERM "$first"
done

# A port that only privileged programs have.
if [ "$(id -u)" = 0 ]; then
    chmod 755 "$DIR" "$E2E_DIR"
    cp "$LIB" "$DIR/libdualbind.so"
    chmod 755 "$DIR/libdualbind.so"
    try_serve 80 env -u LD_PRELOAD setpriv --reuid 65534 --regid 65534 --clear-groups env LD_PRELOAD="$DIR/libdualbind.so" \
        "$PYTHON" "$SOCKETS" tcp/0.0.0.0/80
    ok 'a privileged port: ends' wait_for dead "$SERVER_PID"
    ok 'a privileged port: natively refused' grep -q PermissionError "$LOG"
    is "$(cat "$SHIM_LOG")" '' 'a privileged port: nothing is told'
    stop
fi

# Of two that have SO_REUSEADDR the second to listen is refused, whichever it is.
two='
import socket, sys, time
own = socket.socket()
own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
own.bind(("0.0.0.0", 8080))
print("bound", flush=True)
input()
try:
    own.listen()
except OSError as error:
    print(error, flush=True)
time.sleep(600)
'
mkfifo "$DIR/go"
in_pod env LD_PRELOAD="$LIB" DUALBIND_ALLOW=8080 DUALBIND_LOG=info:"$DIR/two.log" \
    "$PYTHON" -c "$two" <"$DIR/go" >"$DIR/two" &
first=$!
exec 7>"$DIR/go"
ok 'two, neither of which listens: the first is bound' wait_for grep -q bound "$DIR/two"
in_pod "$PYTHON" -c 'import socket, time
own = socket.create_server(("0.0.0.0", 8080))
time.sleep(600)' &
second=$!
ok 'two: the second listens' wait_for listening 8080
echo >&7
ok 'two: the first is refused as natively' wait_for grep -q 'in use' "$DIR/two"
is "$(sed 's/.* port=//' "$DIR/two.log")" '8080/tcp converted 0.0.0.0 -> [::]' 'two: nothing is told of it'
kill "$first" "$second"
done_testing
