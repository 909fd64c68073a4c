#!/bin/sh
# SPDX-License-Identifier: MIT
# A mixed tree: a shell script starts a static server in Go, one in C, busybox's
# httpd, and one in Python. The library serves the last one, which is shown IPv4
# addresses; the supervisor serves the others, and leaves alone what the library
# does.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
MODE=both . "$(dirname "$0")/supervise.sh"
need_go "$ROOT/build/tests/go-static"
need busybox busybox-static
need strace
need_python uvicorn
forms ipv6 dual

mkdir -p "$DIR/www"
echo hello >"$DIR/www/index.html"
cat >"$DIR/entrypoint" <<END
#!/bin/sh
'$ROOT/build/tests/go-static' tcp4 8080 &
'$ROOT/build/tests/static-server' accept 8081 &
busybox httpd -f -p 0.0.0.0:8082 -h '$DIR/www' &
'$PYTHON' '$APPS/rest.py' 8083 2 &
wait
END
chmod 755 "$DIR/entrypoint"
# shellcheck disable=SC2034 # read by serve
ALLOW='8080-8083,8085-8086/any'
ok "starts: Go" serve 8080 "$DIR/entrypoint"
for port in 8081 8082 8083; do ok "and what listens at $port" wait_for listening "$port"; done
for port in 8080 8081 8082 8083; do
    is "$(listeners "$port" | uniq)" ":: inet6 v6only=0" "$port listens for both families"
    is "$(grep -c "port=$port/tcp converted 0.0.0.0 -> \[::\]" "$DIR/supervisor.log")" 1 "$port was converted once"
done
is "$(get "$POD_IP6" 8080)" "$NODE_IP6" "Go: an IPv6 client is shown as it is"
is "$(get "$POD_IP6" 8081)" "$NODE_IP6" "C, static: an IPv6 client is shown as it is"
is "$(get "$POD_IP6" 8082)" hello "busybox answers over IPv6"
for port in 8080 8081 8083; do
    is "$(pod_get 127.0.0.1 "$port")" 127.0.0.1 "$port: 127.0.0.1 is shown as itself"
done
stands_for_node "$(get "$POD_IP6" 8083)" "Python: an IPv6 client is shown by a synthetic address"
[ -z "$POD_IP4" ] || for port in 8080 8081 8083; do
    is "$(get "$POD_IP4" "$port")" "$NODE_IP4" "$port: an IPv4 client is shown as itself"
done
is "$(grep -c -e 'yielded' -e 'not converted' "$DIR/supervisor.log")" 0 "neither undid what the other did"
stop

# Under both: a program that binds the second family itself, over TCP and UDP.
cat >"$DIR/families.py" <<'END'
import socket
import sys
import time

port, kept = int(sys.argv[1]), []
for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
    for family, host in (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"):
        s = socket.socket(family, kind)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((host, port))
        kept.append(s)
for s in kept[:2]:
    s.listen()
time.sleep(60)
END
ok "starts: both families" serve 8085 "$PYTHON" "$DIR/families.py" 8085
own='0.0.0.0 inet
:: inet6 v6only=1'
is "$(listeners 8085)" "$own" "a program of both families has its own two listeners"
PROTOCOL=udp
is "$(listeners 8085)" "$own" "and its own two UDP sockets"
PROTOCOL=tcp
stop

# What the library does in the midst of a swap passes the filter: of a bind that
# it has converted the supervisor hears nothing, and of the listen once.
cat >"$DIR/one.py" <<'END'
import socket

s = socket.socket()
s.bind(("0.0.0.0", 8085))
s.listen()
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN) == socket.AF_INET)
END
: >"$DIR/supervisor.log"
is "$(BEFORE="strace -f -qq -e signal=none -e trace=ioctl -o $DIR/calls" supervised "$PYTHON" "$DIR/one.py")" True \
    "one listener: the library presents"
is "$(grep -c 'converted 0.0.0.0' "$DIR/supervisor.log")" 1 "it was converted once"
is "$(grep -c SECCOMP_IOCTL_NOTIF_RECV "$DIR/calls")" 1 "and the supervisor was asked about the listen alone"

# The command line gives both the same rules, each with the program's name.
cat >"$DIR/named" <<END
#!/bin/sh
'$ROOT/build/tests/static-server' accept 8081 &
'$ROOT/build/tests/static-server' accept 8082 &
'$PYTHON' '$APPS/rest.py' 8083 2 &
'$PYTHON' '$APPS/rest.py' 8084 2 &
wait
END
chmod 755 "$DIR/named"
ok "starts: rules for programs" serve_plain 8081 "$ROOT/build/dualbind" run --mode both \
    -a 'static-server@8081-8082 !8082 python3*@8083 python3*@8081 static-server@8084' \
    --log "info:$DIR/named.log" -- "$DIR/named"
for port in 8082 8083 8084; do ok "and what listens at $port" wait_for listening "$port"; done
is "$(for port in 8081 8082 8083 8084; do listeners "$port" | uniq; done)" ":: inet6 v6only=0
0.0.0.0 inet
:: inet6 v6only=0
0.0.0.0 inet" "--mode both: each rule is for the program that it names, served by whichever serves that"
is "$(get "$POD_IP6" 8081)" "$NODE_IP6" "the static one by the supervisor"
SHIM_LOG=$DIR/named.log
stands_for_node "$(get "$POD_IP6" 8083)" "the one in Python by the library"
stop

for rule in 'go-static@8085 ::' 'go-static@8086 0.0.0.0' 'other@8085 0.0.0.0' 'go-st*@80-8085 ::'; do
    ok "starts: ${rule% *}" serve_plain 8085 "$ROOT/build/dualbind" run --mode auto -a "${rule% *}" \
        "$ROOT/build/tests/go-static" tcp4 8085
    is "$(listeners 8085 | cut -d ' ' -f 1)" "${rule##* }" "--mode auto: a program in Go, and the rule ${rule% *}"
    stop
done
for rule in 'python3*@8085 ::' 'static-server@8085 0.0.0.0'; do
    ok "starts: ${rule% *}" serve_plain 8085 "$ROOT/build/dualbind" run --mode auto -a "${rule% *}" \
        "$PYTHON" "$APPS/rest.py" 8085 1
    is "$(listeners 8085 | uniq | cut -d ' ' -f 1)" "${rule##* }" "--mode auto: Python, and the rule ${rule% *}"
    stop
done

# UDP: the library's sockets are dual-stack, also beside a supervisor.
PROTOCOL=udp
ok "starts: UDP" serve 8086 "$PYTHON" -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 8086))
while True:
    data, peer = s.recvfrom(100)
    s.sendto(peer[0].encode(), peer)'
is "$(listeners 8086)" ":: inet6 v6only=0" "the library converts UDP under the supervisor"
is "$(in_pod "$PYTHON" -c 'import socket
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    s.settimeout(10)
    s.sendto(b"?", ("::1", 8086))
    print(s.recv(100).decode())')" 127.0.0.1 "and presents"
stop
done_testing
