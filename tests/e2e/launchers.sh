# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For tests of launchers: two servers underneath one, and what clients must see of
# them. Read after lib.sh and nginx-conf.sh.
#
#   launchers             after forms: makes the servers, and copies of the command
#                         and the library that every user may read
#   served NAME COMMAND...
#                         run under COMMAND, both are answered over IPv6, and
#                         shown the address that stands for the client
#   stays NAME PATTERN COMMAND...
#                         they are as natively; for each of the two one line,
#                         which matches PATTERN, says why (empty: there is none)
#   behind COMMAND...     COMMAND starts dualbind run, and that the servers: served
# Everywhere IPv4 must be exactly as natively: the client's own address, and no
# connection is closed. COMMAND is followed by the program to start; WRAP are words
# that come before dualbind, SHELL_WORD=1 puts -c before the program, and
# IN_CONFIGURATION=1 leaves it out.

# shellcheck disable=SC2034 # for the tests
NOBODY=65534

launchers() {
    chmod 777 "$DIR"
    mkdir "$DIR/bin"
    cp "$ROOT/build/dualbind" "$LIB" "$DIR/bin/"
    configure 8080
    cat >"$DIR/udp.py" <<'PY'
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 8081))
while True:
    data, peer = s.recvfrom(100)
    s.sendto(peer[0].encode(), peer)
PY
    cat >"$DIR/ask.py" <<'PY'
"""ask.py HOST: what the server at its port 8081 over UDP answers; at most five times."""
import socket
import sys

family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as s:
    s.settimeout(1)
    s.connect((sys.argv[1], 8081))
    for attempt in range(int(sys.argv[2])):
        try:
            s.send(b"?")
            print(s.recv(100).decode())
            break
        except ConnectionRefusedError:
            print("refused")
            break
        except socket.timeout:
            continue
PY
    # Both end with the shell, by whichever way that was started.
    cat >"$DIR/servers" <<SH
#!/bin/sh
trap 'kill -s TERM "\$udp" "\$tcp" 2>/dev/null' TERM
'$PYTHON' '$DIR/udp.py' & udp=\$!
nginx -p '$DIR' -e stderr -c '$DIR/nginx.conf' -g 'daemon off;' & tcp=\$!
wait "\$tcp" "\$udp"
wait
SH
    chmod 755 "$DIR/servers" "$DIR/udp.py"
}

udp() { # HOST
    in_pod "$PYTHON" "$DIR/ask.py" "$1" 5
}

# shellcheck disable=SC2034 # PROTOCOL is read by listening
both_listen() {
    listening 8080 && (PROTOCOL=udp && listening 8081)
}

# shellcheck disable=SC2034 # likewise
none_listens() {
    ! listening 8080 && ! (PROTOCOL=udp && listening 8081)
}

# Not a launcher is waited for, but what it starts.
launch() { # COMMAND...
    rm -f "$DIR/nginx.pid" "$DIR/shim.log"
    : >"$DIR/shim.log"
    chmod 666 "$DIR/shim.log"
    [ -z "${SHELL_WORD:-}" ] || set -- "$@" -c
    [ -n "${IN_CONFIGURATION:-}" ] || set -- "$@" "$DIR/servers"
    # shellcheck disable=SC2086 # words
    start plain 8080 ${WRAP:-} "$@"
    wait_for both_listen || start_failed
}

# TERM ends some of them alone: what was started is found by its program.
land() {
    stop
    [ ! -s "$DIR/nginx.pid" ] || kill -s QUIT "$(cat "$DIR/nginx.pid")" 2>/dev/null
    ok "$1: ends" wait_for none_listens
}

ipv4_is_native() { # NAME
    is "$(pod_get 127.0.0.1 8080) $(udp 127.0.0.1)" "127.0.0.1 127.0.0.1" "$1: IPv4 is as without"
}

natively() { # NAME COMMAND...
    launch_name=$1
    shift
    ok "$launch_name: starts without" launch "$@"
    ipv4_is_native "$launch_name, without"
    land "$launch_name, without"
}

under_dualbind() { # COMMAND...
    launch "$DIR/bin/dualbind" run -a '8080 8081/udp' --log "info:$DIR/shim.log" ${MODE:+--mode $MODE} -- "$@"
}

are_served() {
    ipv4_is_native "$launch_name"
    # shellcheck disable=SC2034 # read by stands_for_node
    SHIM_LOG=$DIR/shim.log
    tcp_peer=$(get "$POD_IP6" 8080)
    stands_for_node "$tcp_peer" "$launch_name: TCP"
    is "$("$PYTHON" "$DIR/ask.py" "$POD_IP6" 5)" "$tcp_peer" "$launch_name: UDP shows it alike"
    is "$(grep -c 'not converted' "$DIR/shim.log")" 0 "$launch_name: nothing is not converted"
    land "$launch_name"
}

served() { # NAME COMMAND...
    natively "$@"
    shift
    ok "$launch_name: starts" under_dualbind "$@"
    are_served
}

behind() { # LAUNCHER...
    launch_name="dualbind run behind $1"
    ok "$launch_name: starts" launch "$@" "$DIR/bin/dualbind" run -a '8080,8081/udp' --log "info:$DIR/shim.log"
    are_served
}

stays() { # NAME PATTERN COMMAND...
    stays_pattern=$2
    launch_name=$1
    shift 2
    natively "$launch_name" "$@"
    ok "$launch_name: starts" under_dualbind "$@"
    ipv4_is_native "$launch_name"
    ok "$launch_name: TCP stays IPv4" refused "$POD_IP6" 8080
    is "$("$PYTHON" "$DIR/ask.py" "$POD_IP6" 1)" refused "$launch_name: UDP stays IPv4"
    land "$launch_name"
    for port in 8080/tcp 8081/udp; do
        is "$(grep "port=$port not converted: 0.0.0.0 stays IPv4: " "$DIR/shim.log" | grep -c -e "$stays_pattern")" 1 \
            "$launch_name: one line of $port says why"
    done
}
