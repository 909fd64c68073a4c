#!/bin/sh
# SPDX-License-Identifier: MIT
# What the preloaded library does not meet although the program that was named loads it:
# a program that makes its own system calls (Free Pascal), one that executes itself again
# without LD_PRELOAD, and what shells and launchers start. In mode auto a supervisor
# serves those, or says what would.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
MODE=auto . "$(dirname "$0")/supervise.sh"
need_go "$ROOT/build/tests/go-static"
need fpc fp-compiler
forms ipv6 dual
go=$ROOT/build/tests/go-static
risk='but then all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; test it first'

# IPv4 is answered, and shown as it is natively; IPv6 is not, and one line says so.
is_native() { # NAME PEER
    is "$(listeners 8080)" "0.0.0.0 inet" "$1: it stays IPv4"
    is "$(pod_get 127.0.0.1 8080)" "$2" "$1: and its client is shown as without"
    ok "$1: refused over IPv6" refused "$POD_IP6" 8080
    is "$(grep -c 'not converted' "$DIR/supervisor.log")" 1 "$1: one line"
}

to_do() { # NAME
    in_pod "$ROOT/build/dualbind" check "$(pgrep -s "$SERVER_PID" -x "$1")" | sed -n 's/.*IPv4 only  *//p'
}

diag "Free Pascal"
fpc -v0 -O2 -FU"$DIR" -o"$DIR/pascal" "$APPS/peer.pas" >"$DIR/fpc.log" 2>&1 || cat "$DIR/fpc.log"
is "$("$ROOT/build/dualbind" check "$DIR/pascal" | grep -c -e 'dynamically linked to glibc' \
    -e '"both": it makes system calls of its own, past the C library\.$' -e '^Its own listeners stay IPv4')" 3 \
    "check knows what it is"
ok "starts: Free Pascal" serve 8080 "$DIR/pascal" 8080
is_native "Free Pascal" 127.0.0.1
ok "says why, and what to do at which risk" logged "port=8080/tcp not converted: 0.0.0.0 stays IPv4: \"pascal\" calls the kernel itself, past the library in it: .*; --mode supervise would convert it, $risk\$"
is "$(to_do pascal)" "covered, not converted: it makes system calls of its own, past the library: --mode both or supervise would convert it, $risk" \
    "check PID says so, too"
stop
ok "starts: Free Pascal, with LD_PRELOAD alone" start plain 8080 env LD_PRELOAD="$LIB" DUALBIND_ALLOW=8080 "$DIR/pascal" 8080
is "$(to_do pascal)" "covered, not converted: it makes system calls of its own, past the library: --mode both or supervise would convert it, $risk" \
    "check PID: with LD_PRELOAD alone"
stop
for mode in supervise both; do
    SUPERVISE="$ROOT/build/dualbind run --mode $mode --"
    ok "starts: Free Pascal, --mode $mode" serve 8080 "$DIR/pascal" 8080
    is "$(get "$POD_IP6" 8080)$(pod_get 127.0.0.1 8080)" 0.0.0.00.0.0.0 "--mode $mode: it is reached over both, and shows nobody"
    stop
done
SUPERVISE="$ROOT/build/dualbind run --"

diag "a program that executes itself again"
ok "starts: as ClickHouse does" serve 8080 "$ROOT/build/tests/clickhouse-server" 8080
is_native "as ClickHouse does" AF_INET
ok "says why, and what to do at which risk" logged "\"clickhouse-server\", since LD_PRELOAD was lost before it .*; --mode supervise would convert it, $risk\$"
is "$(to_do clickhouse-serv)" "covered, not converted: only --mode supervise would, $risk" "check PID says so, too"
stop
SUPERVISE="$ROOT/build/dualbind run --mode supervise --"
ok "starts: as ClickHouse does, --mode supervise" serve 8080 "$ROOT/build/tests/clickhouse-server" 8080
is "$(get "$POD_IP6" 8080)" AF_INET6 "--mode supervise: it is reached over IPv6"
stop
SUPERVISE="$ROOT/build/dualbind run --"

# A listener that stays as it is since two processes share it, in one that may have passed
# the library by otherwise, too: the library has noted why, and that is told.
diag "check PID: an io_uring instance, a second C library"
cat >"$DIR/shares.py" <<'END'
import ctypes
import os
import socket
import sys
import time

library = ctypes.CDLL(None)
if sys.argv[1] == "ring":
    assert library.syscall(425, 4, ctypes.create_string_buffer(120)) == 3  # io_uring_setup(2)
if sys.argv[1] == "dlmopen":
    library.dlmopen.restype = ctypes.c_void_p
    assert library.dlmopen(-1, b"libc.so.6", 2) is not None
if sys.argv[1] == "module":
    ctypes.CDLL(sys.argv[2])
listener = socket.socket()
if os.fork() != 0:
    os.wait()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 8080))
listener.listen()
time.sleep(60)
END
checked() { # the child, which listens
    in_pod "$ROOT/build/dualbind" check "$(pgrep -s "$SERVER_PID" | tail -n 1)" | grep -e 'IPv4 only' -e '^It has'
}
means='What it binds or listens on by that, or had registered before, stays IPv4; where
it accepts or receives by that, a converted socket becomes IPv4 again, or it sees AF_INET6. Many programs use one for files alone.'
covered='tcp    0.0.0.0:8080  IPv4 only   covered, not converted: other processes hold the socket too'
ok "starts: nothing of the kind" start shim 8080 "$PYTHON" "$DIR/shares.py" nothing
is "$(checked)" "$covered" "nothing of the kind"
stop
ok "starts: dlmopen" start shim 8080 "$PYTHON" "$DIR/shares.py" dlmopen
is "$(checked)" "$covered" "dlmopen, which is not why"
stop
# By the note that Go's linker leaves.
cat >"$DIR/go-module.c" <<'END'
__asm__(".section .note.go.buildid, \"a\", %note\n.long 4, 4, 4\n.asciz \"Go\\0\"\n.long 0\n.previous");

void serve(void)
{
}
END
cc -shared -fPIC -o "$DIR/go-module.so" "$DIR/go-module.c" || exit 1
ok "starts: a module in Go" start shim 8080 "$PYTHON" "$DIR/shares.py" module "$DIR/go-module.so"
is "$(checked)" "$covered" "a module in Go, which is not why"
stop
if [ "$(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null)" != 2 ]; then
    ok "starts: a ring" start shim 8080 "$PYTHON" "$DIR/shares.py" ring
    is "$(in_pod "$ROOT/build/dualbind" check "$(pgrep -s "$SERVER_PID" | tail -n 1)" | sed -n -e '/^It has/,/alone/p' -e '/IPv4 only/p')" \
        "It has an io_uring instance (fd 3). $means
$covered" \
        "the ring is named, and what it means"
    stop
else
    skip "check PID names a ring" "io_uring is disabled here"
fi

diag "Go, behind what loads the library"
cat >"$DIR/entrypoint" <<'END'
#!/bin/sh
set -e
exec "$@"
END
printf '#!/bin/sh\n# the server\nexec %s tcp4 8080\n' "$go" >"$DIR/script"
chmod 755 "$DIR/entrypoint" "$DIR/script"
behind() { # NAME COMMAND...
    behind_name=$1
    shift
    ok "starts: $behind_name" serve 8080 "$@"
    is "$(get "$POD_IP6" 8080)" "$NODE_IP6" "$behind_name: an IPv6 client"
    is "$(pod_get 127.0.0.1 8080)" 127.0.0.1 "$behind_name: an IPv4 client"
    stop
}
behind "sh -c" sh -c "exec $go tcp4 8080"
behind "an entry point" "$DIR/entrypoint" "$go" tcp4 8080
behind "a script" "$DIR/script"
behind "bash, a script" bash "$DIR/script"
behind "env -i" env -i "$go" tcp4 8080
behind "setpriv --reset-env" setpriv --reset-env "$go" tcp4 8080
behind "timeout" timeout --foreground 60 "$go" tcp4 8080

diag "Python, behind what clears LD_PRELOAD"
ok "starts: env -i" serve 8080 env -i "$PYTHON" "$APPS/rest.py" 8080 1
is_native "env -i" 127.0.0.1
ok "env -i: says what helps" logged 'LD_PRELOAD was lost before it .*: start dualbind run after what clears it, for example LAUNCHER ... dualbind run PROGRAM'
stop
SUPERVISE='env -i' # words
ok "starts: as it says" serve 8080 "$ROOT/build/dualbind" run -a 8080 "$PYTHON" "$APPS/rest.py" 8080 1
is "$(pod_get 127.0.0.1 8080)" 127.0.0.1 "as it says: an IPv4 client"
is "$(listeners 8080)" ":: inet6 v6only=0" "as it says: both families"
stop
done_testing
