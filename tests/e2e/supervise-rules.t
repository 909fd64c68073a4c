#!/bin/sh
# SPDX-License-Identifier: MIT
# The supervisor decides as the library does: every kind of rule, a port that the
# kernel chooses, a port in use, a listener in use. The programs are in Python,
# which reaches the kernel by calls that the library is not there to see.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
forms ipv6

cat >"$DIR/listen.py" <<'END'
"""listen.py HOST PORT: listen there (V6ONLY where it is ::), and show all listeners."""
import os
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
if ":" in host:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host == "::")
if port:
    s.bind((host, port))
s.listen()
os.system("ss -Hlntn | awk '{ print $4 }' | sed 's/:[0-9]*$//'")
END
decides() { # RULES HOST PORT WANTED
    # shellcheck disable=SC2034 # read by supervised
    ALLOW=$1
    is "$(supervised "$PYTHON" "$DIR/listen.py" "$2" "$3")" "$4" "$1: $2 port $3"
}
decides 8080 0.0.0.0 8080 '*'
decides 9090 0.0.0.0 8080 0.0.0.0
decides '* !8080' 0.0.0.0 8080 0.0.0.0
decides 8080/udp 0.0.0.0 8080 0.0.0.0
decides 8080 127.0.0.1 8080 127.0.0.1
decides 127.0.0.1:8080 127.0.0.1 8080 '*'
decides 8080 :: 8080 '[::]'
decides '[::]:8080' :: 8080 '*'
decides 8080 ::ffff:0.0.0.0 8080 '*'
decides 9090 ::ffff:0.0.0.0 8080 '[::ffff:0.0.0.0]'
decides '*' 0.0.0.0 0 '*'
decides 8080 0.0.0.0 0 0.0.0.0
export DUALBIND_DRY_RUN=1
: >"$DIR/supervisor.log"
decides 8080 0.0.0.0 8080 0.0.0.0
ok "a dry run says what it would do" logged 'would convert 0.0.0.0 -> \[::\]'
unset DUALBIND_DRY_RUN

cat >"$DIR/in-use.py" <<'END'
"""A port in use; and a listener that a thread waits at, when :: is bound too."""
import os
import socket
import threading
import time

first, second = socket.socket(), socket.socket()
first.bind(("0.0.0.0", 8080))
first.listen()
try:
    second.bind(("0.0.0.0", 8080))
except OSError as error:
    print(error.strerror)
threading.Thread(target=first.accept, daemon=True).start()
time.sleep(0.3)
own = socket.socket(socket.AF_INET6)
own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
own.bind(("::", 8080))
own.listen()
os.system("ss -Hlntn | awk '{ print $4 }' | sort")
END
ALLOW=8080
is "$(supervised "$PYTHON" "$DIR/in-use.py")" "Address already in use
*:8080
[::]:8080" "a port in use is in use; a listener in use stays, and the program's own is bound beside it"
ok "and that is told" logged 'kept since it is in use'

# Its file has gone, as after an update: its name counts all the same.
cp "$PYTHON" "$DIR/gone"
ALLOW='gone@8080'
is "$(supervised "$DIR/gone" -c 'import os, runpy, sys
os.remove(sys.executable)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$DIR/listen.py" 0.0.0.0 8080)" '*' "a rule for a program whose file was removed"

# The program is another user's, whose rights the supervisor cannot take on to bind with.
if [ "$(id -u)" = 0 ]; then
    cat >"$DIR/without" <<END
mkdir -p '$DIR/theirs'
mount -t tmpfs none '$DIR/theirs' # /tmp may be mounted nosuid
cp '$ROOT/build/tests/static-server' '$DIR/theirs/server'
chown 65534:65534 '$DIR/theirs/server'
chmod 4755 '$DIR/theirs/server'
exec setpriv --bounding-set=-setuid --inh-caps=-setuid "\$@"
END
    ALLOW=8080 BEFORE="unshare --mount sh $DIR/without"
    ok "without CAP_SETUID: starts" serve 8080 "$DIR/theirs/server" plain 8080
    is "$(listeners 8080)" "0.0.0.0 inet" "without CAP_SETUID: a program of another user stays as it is"
    ok "without CAP_SETUID: told" logged "cannot look into it (its user's rights: EPERM).*dualbind lacks CAP_SETUID"
    stop
else
    skip "a program of another user" "this is not root"
fi
done_testing
