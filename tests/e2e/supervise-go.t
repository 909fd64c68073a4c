#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers in Go, which reach the kernel by themselves: static, dynamic (cgo), and
# position-independent; SO_REUSEPORT; both families at one port; UDP.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need_go "$ROOT/build/tests/go-static"
need_go "$ROOT/build/tests/go-cgo"
need_go "$ROOT/build/tests/go-pie"
need python3
forms ipv6 dual

diag "static, tcp4"
battery 8080 "$ROOT/build/tests/go-static" tcp4 8080
diag "dynamic, cgo"
battery 8081 "$ROOT/build/tests/go-cgo" tcp4 8081
diag "position-independent, two listeners with SO_REUSEPORT"
battery 8082 "$ROOT/build/tests/go-pie" reuseport 8082

# Go itself makes one socket for both families of "tcp" on 0.0.0.0.
ok "starts: tcp, without the supervisor" serve_plain 8080 "$ROOT/build/tests/go-static" tcp 8080
is "$(listeners 8080)" ":: inet6 v6only=0" "tcp on 0.0.0.0 is dual-stack in Go by itself"
stop
ok "starts: tcp" serve 8080 "$ROOT/build/tests/go-static" tcp 8080
is "$(listeners 8080)" ":: inet6 v6only=0" "tcp on 0.0.0.0 stays so"
is "$(get "$POD_IP6")" "$NODE_IP6" "tcp on 0.0.0.0 answers over IPv6"
is "$(cat "$DIR/supervisor.log")" "" "tcp on 0.0.0.0: nothing was done"
stop

# What Go makes of a socket that it created as AF_INET and that is not.
ok "starts: names" serve 8080 "$ROOT/build/tests/go-static" names 8080
is "$(cat "$LOG")" "*net.TCPAddr [::]:8080" "the listener names itself [::]"
raw() { # HOST PORT
    in_pod "$PYTHON" -c 'import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 10) as s: print(s.recv(100).decode().rsplit(":", 1)[0])' "$@"
}
is "$(raw ::1 8080)" "[::1]:8080 [::1]" "an IPv6 connection has IPv6 names"
is "$(raw 127.0.0.1 8080)" "127.0.0.1:8080 127.0.0.1" "an IPv4 connection has IPv4 names"
stop

# A program that is dual-stack already gets its own two sockets.
ok "starts: both" serve 8080 "$ROOT/build/tests/go-static" both 8080
# The server was waited for until its first listener was there.
two_listen() {
    [ "$(listeners 8080 | wc -l)" = 2 ]
}
wait_for two_listen
is "$(listeners 8080)" "0.0.0.0 inet
:: inet6 v6only=1" "both families at one port: its own two sockets"
ok "both families at one port: the first one has yielded" logged 'yielded \[::\] -> 0.0.0.0'
is "$(get "$POD_IP6")" "$NODE_IP6" "both families at one port: answers over IPv6"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "both families at one port: answers over IPv4, by the listener that yielded"
stop

# Rules are for the program that binds, not for the one that was started.
for rule in 'go-static@8080 ::' 'sh@8080 0.0.0.0'; do
    # shellcheck disable=SC2034 # read by serve
    ALLOW=${rule% *}
    ok "starts: $ALLOW" serve 8080 sh -c "'$ROOT/build/tests/go-static' tcp4 8080; exit"
    is "$(listeners 8080 | cut -d ' ' -f 1)" "${rule#* }" "a rule $ALLOW"
    stop
done
unset ALLOW

# In another network namespace nothing is made.
if in_pod unshare --net true 2>/dev/null; then
    is "$(supervised unshare --net "$PYTHON" -c 'import socket
s = socket.socket()
s.bind(("0.0.0.0", 8080))
s.listen()
print(s.getsockname())')" "('0.0.0.0', 8080)" "in another network namespace: served natively"
    ok "and told" logged 'not converted: a socket of another network namespace'
else
    skip "in another network namespace" "there cannot be one"
fi

# Go reads each datagram's source on a udp4 socket as an IPv4 address.
PROTOCOL=udp
udp_ask() { # HOST
    in_pod "$PYTHON" -c 'import socket, sys
host = sys.argv[1]
with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(10)
    s.sendto(b"?", (host, 8080))
    print(s.recv(100).decode())' "$@"
}
ALLOW=8080/any
ok "starts: udp4" serve 8080 "$ROOT/build/tests/go-static" udp4 8080
unset ALLOW
is "$(listeners 8080)" "0.0.0.0 inet" "UDP: the socket stays as it is"
ok "UDP: says why" logged 'port=8080/udp the rule does nothing: UDP takes the library'
is "$(udp_ask 127.0.0.1)" 127.0.0.1 "UDP: IPv4 clients are served"
# The rule does nothing, which ps does not suggest and check PID says.
in_pod "$ROOT/build/dualbind" ps >"$DIR/out"
is "$(awk '$1 == "udp" && $2 == "0.0.0.0:8080" { print $3, $4, $(NF - 1), NF }' "$DIR/out")" \
    "IPv4 only $(pgrep -P "$SERVER_PID" -x go-static) 7" "UDP: ps suggests no rule"
status=0
in_pod "$ROOT/build/dualbind" check "$SERVER_PID" >"$DIR/out" || status=$?
is "$status $(awk '$1 == "udp" { $1 = ""; print }' "$DIR/out")" \
    "1  0.0.0.0:8080 IPv4 only no rule helps: UDP takes the library, which this program does not call" \
    "UDP: check PID says why"
stop
: >"$DIR/supervisor.log"
status=0
in_pod timeout 2 "$ROOT/build/dualbind" run -a 8080/udp "$ROOT/build/tests/go-static" udp4 8080 \
    >"$DIR/out" 2>"$DIR/supervisor.log" || status=$?
is "$(wc -l <"$DIR/supervisor.log")" 1 "UDP: one line without DUALBIND_LOG"
ok "UDP: which says that the rule does nothing" logged 'port=8080/udp the rule does nothing: UDP takes the library'
done_testing
