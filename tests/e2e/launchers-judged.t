#!/bin/sh
# SPDX-License-Identifier: MIT
# In mode auto each process underneath a launcher is judged by what it executes: the
# supervisor converts for Go and Rust, whose libraries look at the family of an
# address. Of what it cannot tell the listener stays as it is, and a line says so.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
MODE=auto . "$(dirname "$0")/supervise.sh"
need tini-static tini
need gosu
need_go "$ROOT/build/tests/go-static"
[ -e "$ROOT/build/tests/rust" ] || skip_all "the server in Rust is not built (Debian: rustc)"
forms ipv6 dual
LAUNCHER='tini-static -s --' # words
static=$ROOT/build/tests/static-server
raw=$ROOT/build/tests/raw-server

diag "Go, Rust"
# shellcheck disable=SC2086 # words
battery 8080 $LAUNCHER "$ROOT/build/tests/go-static" tcp4 8080
# The library is in this one, too.
# shellcheck disable=SC2086 # words
battery 8082 $LAUNCHER "$ROOT/build/tests/go-cgo" tcp4 8082
# shellcheck disable=SC2086 # words
battery 8081 $LAUNCHER "$ROOT/build/tests/rust" serve 8081

# The socket that Go was served with is a child's, which has the library.
cat >"$DIR/inherits.py" <<END
import socket

listener = socket.socket(fileno=3)
while True:
    client, peer = listener.accept()
    client.recv(2048)
    client.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + peer[0].encode())
    client.close()
END
ok "starts: a listener of Go's for Python" serve 8082 "$ROOT/build/tests/go-parent" -listen 0.0.0.0:8082 \
    "$PYTHON" "$DIR/inherits.py"
SHIM_LOG=$DIR/supervisor.log
stands_for_node "$(get "$POD_IP6" 8082)" "a listener of Go's for Python: an IPv6 client"
is "$(pod_get 127.0.0.1 8082)" 127.0.0.1 "a listener of Go's for Python: an IPv4 client"
stop

never_logged() { # PATTERN
    ! grep -q "$1" "$DIR/supervisor.log"
}

lines() {
    grep -c 'not converted' "$DIR/supervisor.log"
}

# IPv4 is answered, and shown as it is natively; IPv6 is not.
is_native() { # NAME PEER
    is "$(listeners 8082)" "0.0.0.0 inet" "$1: it stays IPv4"
    is "$(pod_get 127.0.0.1 8082)" "$2" "$1: and its client is shown as without"
    ok "$1: refused over IPv6" refused "$POD_IP6" 8082
}

to_do() { # [NAME]: what check says of the socket of that server, or of the static one
    in_pod "$ROOT/build/dualbind" check "$(pgrep -s "$SERVER_PID" -x "${1:-static-server}")" | sed -n 's/.*IPv4 only  *//p'
}

risk='but then all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; test it first'
diag "static, in C"
for launcher in '' "$LAUNCHER"; do
    # shellcheck disable=SC2086 # words
    ok "starts: static" serve 8082 $launcher "$static" accept 8082
    is_native "static${launcher:+, underneath a launcher}" 127.0.0.1
    is "$(lines)" 1 "one line"
    is "$(to_do)" "covered, not converted: only --mode supervise would, $risk" "check PID says what it needs"
    ok "says why, and what to do at which risk" logged 'port=8082/tcp not converted: 0.0.0.0 stays IPv4: "static-server" is static, and not found to be Go, Rust or Zig: .*; --mode supervise would convert it, but then all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; test it first$'
    stop
done

ok "starts: static, without dualbind" serve_plain 8082 "$static" accept 8082
is "$(to_do)" "start it with: dualbind run --mode supervise -a 8082, $risk" "check PID of it, without dualbind"
stop

diag "behind a shell, without a supervisor: nothing that run looks at names the server"
GO_STATIC=$ROOT/build/tests/go-static
export GO_STATIC
# shellcheck disable=SC2016 # for that shell
ok "starts: Go, behind a shell" serve 8082 sh -c '"$GO_STATIC" tcp4 8082; exit'
is_native "Go, behind a shell" "127.0.0.1"
is "$(to_do go-static)" "start it with: dualbind run --mode both -a 8082" "check PID: what a shell starts needs --mode both"
stop
ok "starts: static, behind a shell" serve 8082 sh -c '"$@"; exit' sh "$static" accept 8082
is "$(to_do)" "start it with: dualbind run --mode both -a 8082, $risk" "check PID: and at which risk"
stop

# What is said once of a process is not said again, of another one it is.
cat >"$DIR/two" <<END
#!/bin/sh
trap 'kill -s TERM "\$first" "\$second"' TERM
'$static' accept 8082 & first=\$!
'$static' accept 8083 & second=\$!
wait
wait
END
chmod 755 "$DIR/two"
# shellcheck disable=SC2034 # read by serve
ALLOW=8082-8083
# shellcheck disable=SC2086 # words
ok "starts: two" serve 8082 $LAUNCHER "$DIR/two"
ok "and the second" wait_for listening 8083
is "$(lines)" 2 "one line for each process"
stop
unset ALLOW

diag "UDP"
PROTOCOL=udp
# shellcheck disable=SC2034 # read by serve
ALLOW=8082/udp
for server in "$ROOT/build/tests/go-static udp4 8082" "$static udp 8082"; do
    # shellcheck disable=SC2086 # words
    ok "starts: ${server##*/}" serve 8082 $LAUNCHER $server
    is "$(listeners 8082)" "0.0.0.0 inet" "UDP stays IPv4"
    ok "says why" logged 'port=8082/udp the rule does nothing: UDP takes the library, which this program does not call; 0.0.0.0 stays IPv4$'
    stop
done
unset ALLOW
PROTOCOL=tcp

diag "past the C library, in a program that has the library"
for launcher in '' "$LAUNCHER"; do
    SUPERVISE="$ROOT/build/dualbind run --mode auto --"
    # shellcheck disable=SC2086 # words
    ok "starts: raw" serve 8082 $launcher "$raw" 8082
    is_native "--mode auto" AF_INET
    is "$(lines)" 1 "one line"
    ok "says why, and what to do at which risk" logged "port=8082/tcp not converted: 0.0.0.0 stays IPv4: \"raw-server\" calls the kernel itself, past the library in it: it may not expect IPv6 clients; --mode supervise would convert it, $risk\$"
    is "$(to_do raw-server)" "covered, not converted: it makes system calls of its own, past the library: --mode both or supervise would convert it, $risk" \
        "check PID says what it needs"
    stop
done
SUPERVISE="$ROOT/build/dualbind run --mode both --"
# shellcheck disable=SC2086 # words
ok "starts: raw" serve 8082 $LAUNCHER "$raw" 8082
is "$(listeners 8082)" ":: inet6 v6only=0" "--mode both converts it"
is "$(get "$POD_IP6" 8082)" AF_INET "and the library, through which it accepts, shows it IPv4 addresses"
is "$(lines)" 0 "no line"
stop

# A bind of the C library's that the library has left to the kernel: another process has the socket.
cat >"$DIR/inherited.py" <<'END'
import os
import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if os.fork() == 0:
    listener.bind(("0.0.0.0", 8082))
    listener.listen()
else:
    os.wait()
END
SUPERVISE="$ROOT/build/dualbind run --mode both --"
is "$(ALLOW=8082 LEVEL=debug supervised "$PYTHON" "$DIR/inherited.py"; grep -c 'the library is in this program, and has not served it$' "$DIR/supervisor.log")" 2 \
    "what the library has left as it is, is said at debug, of the bind and the listen"
SUPERVISE="$ROOT/build/dualbind run --mode supervise --"
ok "starts: raw, supervised" serve 8082 "$raw" 8082
is "$(pod_get 127.0.0.1 8082)" AF_INET6 "--mode supervise converts for each program, whatever that sees then"
stop
ok "starts: static, supervised" serve 8082 "$static" accept 8082
is "$(get "$POD_IP6" 8082)" "$NODE_IP6" "--mode supervise: a static server answers over IPv6"
stop
SUPERVISE="$ROOT/build/dualbind run --mode both --"
ok "starts: static, both" serve 8082 "$static" accept 8082
is "$(get "$POD_IP6" 8082)" "$NODE_IP6" "--mode both: so it does"
stop

diag "what cannot be seen"
SUPERVISE="$ROOT/build/dualbind run --"
BEFORE="$ROOT/build/tests/refuse getfd"
# shellcheck disable=SC2086 # words
ok "starts: Go, without pidfd_getfd" serve 8082 $LAUNCHER "$ROOT/build/tests/go-static" tcp4 8082
is "$(get "$POD_IP6" 8082)" "$NODE_IP6" "without pidfd_getfd: Go is served"
stop
ok "starts: static, without pidfd_getfd" serve 8082 "$static" accept 8082
is_native "static, without pidfd_getfd" 127.0.0.1
is "$(lines)" 1 "one line"
stop
# shellcheck disable=SC2086 # words
ok "starts: Python, without pidfd_getfd" serve 8082 $LAUNCHER "$PYTHON" "$APPS/rest.py" 8082 1
SHIM_LOG=$DIR/supervisor.log
stands_for_node "$(get "$POD_IP6" 8082)" "without pidfd_getfd: Python is served by the library"
is "$(lines)" 0 "and nothing else is said of it"
stop
unset BEFORE

# Its memory cannot be read, nor what it is: it has another user.
if [ "$(id -u)" = 0 ]; then
    BEFORE="setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace"
    mkdir "$DIR/bin"
    cp "$ROOT/build/dualbind" "$LIB" "$APPS/rest.py" "$DIR/bin/"
    SUPERVISE="$DIR/bin/dualbind run --"
    # shellcheck disable=SC2086 # words
    ok "starts: another user" serve 8082 $LAUNCHER setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$PYTHON" "$DIR/bin/rest.py" 8082 1
    stands_for_node "$(get "$POD_IP6" 8082)" "another user's, without CAP_SYS_PTRACE: served by the library"
    is "$(grep 'not converted' "$DIR/supervisor.log" | grep -vc '(its [a-z]*: E[A-Z]*): it runs as another user and dualbind lacks CAP_SYS_PTRACE; if it loads the library, that serves it, otherwise start it as: LAUNCHER USER dualbind run PROGRAM$')" 0 \
        "another user's, without CAP_SYS_PTRACE: no line says otherwise"
    stop
    # Behind the launcher the supervisor has the server's user, and needs no capability.
    cp "$ROOT/build/tests/go-static" "$DIR/bin/"
    SUPERVISE=gosu
    BEFORE="setpriv --bounding-set=-all,+setuid,+setgid --inh-caps=-all"
    ok "starts: Go, behind gosu" serve 8082 65534:65534 "$DIR/bin/dualbind" run -- "$DIR/bin/go-static" tcp4 8082
    is "$(get "$POD_IP6" 8082)" "$NODE_IP6" "behind gosu, without capabilities: Go is served"
    is "$(lines)" 0 "behind gosu, without capabilities: nothing is not converted"
    stop
    SUPERVISE="$ROOT/build/dualbind run --"
    unset BEFORE
else
    skip "another user's, without CAP_SYS_PTRACE" "this is not root"
fi

diag "the library is named in the environment, and not loaded"
if [ "$(id -u)" = 0 ]; then
    mkdir -m 700 "$DIR/closed"
    cp "$ROOT/build/dualbind" "$LIB" "$DIR/closed/"
    SUPERVISE="$DIR/closed/dualbind run --"
    # shellcheck disable=SC2086 # words
    ok "starts: a folder that is root's" serve 8082 $LAUNCHER setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$PYTHON" "$DIR/bin/rest.py" 8082 1
    is_native "a folder that is root's" 127.0.0.1
    ok "a folder that is root's: says what helps" logged "stays IPv4: the library is not in \"python3.*\", whose user cannot read \"$DIR/closed/libdualbind.so\": chmod a+rX that file and the folders that it is in$"
    is "$(to_do "$(basename "$PYTHON")")" \
        "covered, not converted: LD_PRELOAD names the library, but it was not loaded: can its user read the file? (chmod a+rX)" \
        "a folder that is root's: check PID says so, too"
    stop
    SUPERVISE="$ROOT/build/dualbind run --"
    # Its root folder is this one, without what is in $DIR.
    mkdir "$DIR/root"
    cat >"$DIR/private" <<END
mount --rbind / '$DIR/root'
mount -t tmpfs none '$DIR/root$ROOT/build'
exec "\$@"
END
    BEFORE="unshare --mount sh $DIR/private"
    # shellcheck disable=SC2086 # words
    ok "starts: chroot" serve 8082 $LAUNCHER chroot "$DIR/root" "$PYTHON" "$DIR/bin/rest.py" 8082 1
    is_native "chroot" 127.0.0.1
    ok "chroot: says what is not there" logged 'the library is not in "python3.*", since in its root folder (chroot) there is no ".*/libdualbind.so"'
    stop
    cat >"$DIR/private" <<END
mkdir '$DIR/rights'
mount -t tmpfs none '$DIR/rights' # /tmp may be mounted nosuid
cp '$raw' '$DIR/rights/raw'
chown 0:65534 '$DIR/rights/raw'
chmod 2755 '$DIR/rights/raw'
exec "\$@"
END
    BEFORE="unshare --mount sh $DIR/private"
    # shellcheck disable=SC2086 # words
    ok "starts: set-group-ID" serve 8082 $LAUNCHER "$DIR/rights/raw" 8082
    is_native "set-group-ID" AF_INET
    ok "set-group-ID: says why" logged 'the library is not in "raw", whose loader has ignored LD_PRELOAD'
    ok "set-group-ID: nothing was lost" never_logged 'LD_PRELOAD was lost'
    stop
    unset BEFORE
else
    skip "named, and not loaded" "this is not root"
fi
if [ "$(id -u)" = 0 ]; then
    cp "$ROOT/build/tests/go-static" "$DIR/unreadable"
    chown 65534:65534 "$DIR/unreadable"
    chmod 711 "$DIR/unreadable"
    BEFORE="setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search"
    # shellcheck disable=SC2086 # words
    ok "starts: unreadable" serve 8082 $LAUNCHER "$DIR/unreadable" tcp4 8082
    is_native "a program whose file cannot be read" 127.0.0.1
    ok "a program whose file cannot be read: a line" logged "not converted: 0.0.0.0 stays IPv4: this program's file cannot be read"
    stop
    unset BEFORE
else
    skip "a program whose file cannot be read" "this is not root"
fi

diag "where the library is missing"
mkdir "$DIR/alone"
cp "$ROOT/build/dualbind" "$DIR/alone/"
SUPERVISE="$DIR/alone/dualbind run --"
ok "starts: Go, without the library" serve 8082 "$ROOT/build/tests/go-static" tcp4 8082
is "$(get "$POD_IP6" 8082)" "$NODE_IP6" "without the library: Go is served"
ok "without the library: said" logged 'supervised without the library: .* is neither in'
stop
# shellcheck disable=SC2086 # words
ok "starts: Python, without the library" serve 8082 $LAUNCHER "$PYTHON" "$APPS/rest.py" 8082 1
is_native "Python, without the library" 127.0.0.1
ok "Python, without the library: a line" logged 'the library is not in "python3.*, since none was found to preload'
stop
: >"$DIR/supervisor.log"
# shellcheck disable=SC2086 # words
is "$(ALLOW='*' supervised $LAUNCHER "$PYTHON" -c 'import socket
s = socket.socket()
s.bind(("0.0.0.0", 0))
s.listen()
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN) == socket.AF_INET)')" True "a port that the kernel chooses: it stays IPv4"
is "$(lines)" 1 "a port that the kernel chooses: one line"
done_testing
