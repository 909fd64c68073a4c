#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086 # $SUPERVISE is words
# What a supervisor owes to the program that it has started: signals, exit
# status, terminal, descriptors, working directory; as the first process of a
# PID namespace, too, where dumb-init and tini do the same. And what becomes of
# the program when the supervisor is lost.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need unshare util-linux
forms ipv6

app=$APPS/supervise-init.py
status_of() { # COMMAND...
    "$@" >"$DIR/out" 2>"$DIR/err"
    echo $?
}
# The same as the first process of a PID namespace.
first() { # COMMAND...
    in_pod unshare --pid --fork --mount-proc env DUALBIND_ALLOW='*' $SUPERVISE "$@"
}

for run in supervised first; do
    is "$(status_of $run true)" 0 "$run: exit status 0"
    is "$(status_of $run sh -c 'exit 3')" 3 "$run: exit status 3"
    is "$(status_of $run sh -c 'exit 255')" 255 "$run: exit status 255"
    is "$(status_of $run sh -c 'kill -s SEGV $$')" 139 "$run: ended by a signal"
    is "$(status_of $run "$DIR/nothing")" 127 "$run: no such program"
    is "$(status_of $run /etc/passwd)" 126 "$run: no program"
done

# What it has is what it was given.
what_it_has='cd . && pwd && ls -l /proc/self/fd | sed "s/.* \([0-9]* ->\)/\1/; /total/d; s/\[.*//; s|/proc/.*||" && ulimit -n &&
    cat && umask && trap'
alike() { # COMMAND...
    (cd /usr && printf 'input\n' | "$@" sh -c "$what_it_has" 2>&1 5</dev/null 7</dev/zero)
}
is "$(alike supervised)" "$(alike in_pod)" "directory, descriptors, limits and input are the program's own"
mkfifo "$DIR/pipe"
"$ROOT/scripts/pod" exec env DUALBIND_ALLOW='*' DUALBIND_LOG=off $SUPERVISE \
    sh -c "exec >/dev/null 2>&1; exec sleep 30" >"$DIR/pipe" 2>&1 &
holder=$!
ok "a pipe ends when the program closes it" timeout 10 cat "$DIR/pipe"
kill "$holder"
masks() { # COMMAND...
    (trap '' HUP && exec "$@" grep -E 'SigIgn|SigBlk' /proc/self/status)
}
is "$(masks "$ROOT/scripts/pod" exec env DUALBIND_ALLOW='*' $SUPERVISE)" "$(masks "$ROOT/scripts/pod" exec)" \
    "ignored and blocked signals are the program's own"

# Signals.
begin() { # NAME COMMAND...
    name=$1
    shift
    setsid "$ROOT/scripts/pod" exec env --default-signal=INT,QUIT DUALBIND_ALLOW='*' "$@" \
        >"$DIR/$name.log" 2>&1 &
    SERVER_PID=$!
    servers="$servers $SERVER_PID"
    wait_for grep -q ready "$DIR/$name.log"
}
says() { # NAME WORD
    grep -qx "$2" "$DIR/$1.log"
}
all='HUP INT QUIT USR1 USR2 ALRM WINCH URG IO CONT RTMIN'
numbers='1 2 3 10 12 14 28 23 29 18 34'
begin signals $SUPERVISE "$PYTHON" "$app" signals
for signal in $all; do
    kill -s "$signal" "$SERVER_PID"
done
for number in $numbers; do
    ok "signal $number is passed on" wait_for says signals "$number"
done
stop_with TERM "$SERVER_PID"
is "$STOP_STATUS" 9 "TERM is passed on, and the program's status comes back"
is "$(sort "$DIR/signals.log" | uniq -d)" "" "no signal comes twice"

begin group $SUPERVISE "$PYTHON" "$app" group
is "$(cat "$DIR/group.log")" "ready 1" "what a program sends to its own group comes once"

begin queued $SUPERVISE "$PYTHON" "$app" queued
env kill --queue 7 -s USR1 "$SERVER_PID"
ok "a signal that was queued is passed on as one" wait_for says queued "code -1"

begin stopped $SUPERVISE "$PYTHON" "$app" signals
program=$(pgrep -P "$SERVER_PID" -x python3)
kill -s STOP "$program"
ok "the program is stopped" wait_for grep -q '^State:.T' "/proc/$program/status"
kill -s USR1 "$SERVER_PID"
kill -s CONT "$program"
ok "without a terminal the supervisor does not stop with it" wait_for says stopped 10

begin default $SUPERVISE "$PYTHON" "$app" default
stop_with TERM "$SERVER_PID"
is "$STOP_STATUS" 143 "TERM ends a program that does not handle it"

# In a PID namespace: unshare waits for the first process; signals go to that.
begin first unshare --pid --fork --mount-proc $SUPERVISE "$PYTHON" "$app" signals
supervisor=$(pgrep -P "$SERVER_PID" -x dualbind)
for signal in HUP USR1 RTMIN; do kill -s "$signal" "$supervisor"; done
for number in 1 10 34; do
    ok "the first process passes on signal $number" wait_for says first "$number"
done
kill -s TERM "$supervisor"
ok "the first process passes on TERM" wait_for dead "$supervisor"
wait "$SERVER_PID"
is $? 9 "and ends with the program's status"
begin first-default unshare --pid --fork --mount-proc $SUPERVISE "$PYTHON" "$app" default
kill -s TERM "$(pgrep -P "$SERVER_PID" -x dualbind)"
wait "$SERVER_PID"
is $? 143 "as the first process too, TERM ends a program that does not handle it"
is "$(first "$PYTHON" "$app" orphans)" 0 "the first process leaves no zombies"

# The terminal.
"$PYTHON" "$APPS/supervise-tty.py" "$PYTHON" "$APPS/supervise-tty.py" --inside >"$DIR/tty-native" 2>&1
DUALBIND_ALLOW='*' "$PYTHON" "$APPS/supervise-tty.py" $SUPERVISE "$PYTHON" "$APPS/supervise-tty.py" \
    --inside >"$DIR/tty" 2>&1
is "$(cat "$DIR/tty")" "$(cat "$DIR/tty-native")" "^C comes once, ^Z stops the job unless it is ignored, fg continues it"
is "$(cat "$DIR/tty")" "ready True True
counts 1 1 0
ignored counts 1 1 0
stopped
continued
counts 1 1 1
ended 7" "and that is what a terminal does"

# A daemon outlives the program that the supervisor has waited for.
is "$(status_of supervised "$PYTHON" "$app" daemon 8090)" 4 "a daemon's starter ends with its own status at once"
ok "the daemon's later bind succeeds" wait_for listening 8090
is "$(listeners 8090)" ":: inet6 v6only=0" "and is converted"
in_pod "$PYTHON" -c 'import socket; socket.create_connection(("::1", 8090)).recv(9)'

# A supervisor that is lost.
begin late $SUPERVISE "$PYTHON" "$app" late 8091
program=$(pgrep -P "$SERVER_PID" -x "${PYTHON##*/}")
stand_in=$(pgrep -P "$SERVER_PID" -x dualbind)
kill -s KILL "$SERVER_PID"
ok "the supervisor is killed" wait_for dead "$SERVER_PID"
ok "the program goes on" alive "$program"
kill -s USR1 "$program"
ok "its later bind succeeds" wait_for says late 'done'
is "$(listeners 8092)" ":: inet6 v6only=0" "and is converted by the stand-in"
kill -s KILL "$program"
ok "the stand-in ends with the program" wait_for dead "$stand_in"

begin lost $SUPERVISE "$PYTHON" "$app" late 8093
program=$(pgrep -P "$SERVER_PID" -x "${PYTHON##*/}")
stand_in=$(pgrep -P "$SERVER_PID" -x dualbind)
kill -s KILL "$SERVER_PID" "$stand_in"
wait_for dead "$SERVER_PID"
kill -s USR1 "$program"
ok "with the stand-in killed too, a later bind fails and hangs nobody" \
    wait_for says lost 'Function not implemented'
ok "and the program goes on" alive "$program"
kill -s KILL "$program"

# A supervisor in a supervisor: the outer one serves, the inner one says so.
is "$(ALLOW=1 supervised env DUALBIND_ALLOW='*' DUALBIND_LOG=error $SUPERVISE true 2>&1 |
    grep -c 'not supervised: another supervisor')" 1 "nested: one line says that another supervisor is there"

# Programs that change their user. The port is one for the privileged.
if [ "$(id -u)" = 0 ]; then
    nobody="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all"
    # shellcheck disable=SC2086 # words
    is "$(supervised $nobody "$PYTHON" -c 'import socket
s = socket.socket()
try: s.bind(("0.0.0.0", 80))
except OSError as error: print(error.strerror)')" "Permission denied" \
        "a program that has given up root gets no privileged port from its supervisor"
    # shellcheck disable=SC2086
    is "$(supervised $nobody "$PYTHON" -c 'import os, socket
s = socket.socket()
s.bind(("0.0.0.0", 8094))
print(s.getsockopt(socket.SOL_SOCKET, 39) == socket.AF_INET6, os.fstat(s.fileno()).st_uid)')" "True 65534" "and its converted sockets are its own"
    # shellcheck disable=SC2086
    is "$(in_pod $nobody env DUALBIND_ALLOW='*' DUALBIND_LOG=info \
        $SUPERVISE sh -c 'exit 5' 2>&1 | grep -c 'no_new_privs is set')" 1 \
        "without CAP_SYS_ADMIN: one line says what no_new_privs means"
    # As ssh-agent does, and programs that have read a key.
    # shellcheck disable=SC2086
    is "$(in_pod $nobody env DUALBIND_ALLOW='*' DUALBIND_LOG=error $SUPERVISE "$PYTHON" -c 'import ctypes, socket
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
for port in 8095, 8096:
    s = socket.socket()
    s.bind(("0.0.0.0", port))
    s.listen()
    print(s.getsockname()[0])' 2>"$DIR/err")" "0.0.0.0
0.0.0.0" "a program that is not dumpable is served natively"
    is "$(grep -c 'cannot look into it (.*CAP_SYS_PTRACE' "$DIR/err")" 1 \
        "and one line says why"
else
    skip "a program that has given up root" "this is not root"
fi
done_testing
