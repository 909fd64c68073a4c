#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086 # $SUPERVISE is words
# What a program may do to its supervisor, and what a container runtime may
# refuse it. Ten thousand cycles leave nothing behind.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need_go "$ROOT/build/tests/go-static"
forms ipv6

hostile() { # MODE
    supervised "$ROOT/build/tests/hostile" "$1" 8080 >"$DIR/hostile.log" 2>&1
}
ok "addresses that are not there: the kernel's own errors" hostile unmapped
ok "children killed in the midst of a call" hostile killed
ok "children stopped in the midst of a call" hostile stopped
ok "signals that come in the midst of a call" hostile busy
BEFORE="$ROOT/build/tests/refuse kill"
ok "signals that interrupt a call, as before Linux 5.19" hostile busy
[ ! -s "$DIR/hostile.log" ] || diag_file "$DIR/hostile.log"
ok "stops and continuations that interrupt a call" hostile stopped
BEFORE=
ok "an address that changes while it is bound: what was read is what is bound" hostile flip
is "$(cat "$DIR/hostile.log")" "1 and 1" "and both addresses were seen"
# userfaultfd(2) is for the privileged. Everybody may stop a process of one's own.
for way in fault halt; do
    rm -f "$DIR/supervisor.log"
    hostile "$way"
    held=$?
    [ "$held" != 77 ] || [ "$way" = halt ] || continue
    is "$held" 0 "$way: a supervisor that is made to wait holds up nobody for long"
    ok "$way: and that is told" logged 'kept its supervisor waiting too long'
done
nobody_is_left() {
    ! pgrep -f "$ROOT/build/tests/hostile halt" >/dev/null
}
ok "a process that was stopped does not stay" wait_for nobody_is_left

# The supervisor is killed in the midst of a call, or stopped for longer than it
# would wait for one.
begin_lost() { # NAME PORT
    : >"$DIR/supervisor.log"
    "$ROOT/scripts/pod" exec env DUALBIND_ALLOW='*' DUALBIND_LOG="error:$DIR/supervisor.log" \
        $SUPERVISE "$ROOT/build/tests/hostile" lost "$2" >"$DIR/$1.log" 2>&1 &
    SERVER_PID=$!
    servers="$servers $SERVER_PID"
    sleep 0.3
}
begin_lost stopped 8081
kill -s STOP "$SERVER_PID"
stopped=$SERVER_PID
for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
    begin_lost "lost-$round" 8080
    kill -s KILL "$SERVER_PID"
    wait_for test -s "$DIR/lost-$round.log"
done
is "$(cat "$DIR"/lost-*.log | sort | uniq -c | tr -s ' ')" " 12 bound" \
    "a supervisor that is killed in the midst of a call leaves no bind undone or done twice"
sleep 2
kill -s CONT "$stopped"
wait "$stopped"
is "$? $(cat "$DIR/stopped.log")" "0 bound" "one that was stopped for a while goes on with the call"
is "$(cat "$DIR/supervisor.log")" "" "and blames nobody for it"

# Two runs of ten thousand: what the first one may have brought, the second one
# must not add to. The supervisor's descriptors, and its memory in quarters of a
# megabyte.
footprint() { # PID
    echo "$(find "/proc/$1/fd" -mindepth 1 | wc -l) $(awk '/^VmRSS:/ { print int($2 / 256) }' "/proc/$1/status")"
}
mkfifo "$DIR/ports"
cat >"$DIR/server" <<END
#!/bin/sh
'$ROOT/build/tests/go-static' tcp4 8080 &
while read -r port; do '$ROOT/build/tests/go-static' cycles "\$port"; done <'$DIR/ports'
END
ALLOW='*'
ok "starts" serve 8080 sh "$DIR/server"
exec 4>"$DIR/ports"
cycles_are() { # N
    [ "$(grep -c '^10000$' "$LOG")" = "$1" ]
}
# However busy the machine is: a minute.
cycles_come_to() { # N
    for _ in 1 2 3 4 5 6; do
        wait_for cycles_are "$1" && return
    done
    return 1
}
LEVEL=error
echo 9000 >&4
ok "ten thousand cycles" cycles_come_to 1
before=$(footprint "$SERVER_PID")
echo 9000 >&4
ok "ten thousand more" cycles_come_to 2
is "$(footprint "$SERVER_PID")" "$before" "no descriptor and no memory is left behind"
is "$(get "$POD_IP6")" "$NODE_IP6" "serves all the while"
exec 4>&-
stop
threads() {
    [ "$(supervised "$ROOT/build/tests/go-static" threads 9000)" = 1000 ]
}
ok "a hundred threads bind at once" threads

# Where the runtime refuses what the supervisor needs.
BEFORE="$ROOT/build/tests/refuse getfd"
ok "starts without pidfd_getfd" serve 8080 "$ROOT/build/tests/go-static" tcp4 8080
is "$(listeners 8080)" ":: inet6 v6only=0" "without pidfd_getfd: converted at listen"
is "$(get "$POD_IP6")" "$NODE_IP6" "without pidfd_getfd: answers over IPv6"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "without pidfd_getfd: answers over IPv4"
is "$(grep -c 'without seeing the socket' "$DIR/supervisor.log")" 1 "without pidfd_getfd: one line says what was assumed"
stop
ok "starts without pidfd_getfd, with epoll before bind" serve 8080 "$ROOT/build/tests/static-server" epoll 8080
is "$(listeners 8080)" "0.0.0.0 inet" "without pidfd_getfd: one that is in epoll stays as it is"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "and answers"
stop
SHIM_ENV=DUALBIND_DRY_RUN=1
ok "starts without pidfd_getfd, for a dry run" serve 8080 "$ROOT/build/tests/go-static" tcp4 8080
is "$(listeners 8080)" "0.0.0.0 inet" "without pidfd_getfd: a dry run changes nothing"
ok "and says what would be" logged 'would convert 0.0.0.0'
stop
SHIM_ENV=
BEFORE="$ROOT/build/tests/refuse memory"
ok "starts where its memory cannot be read" serve 8080 "$ROOT/build/tests/go-static" tcp4 8080
is "$(listeners 8080)" "0.0.0.0 inet" "where its memory cannot be read it is served natively"
is "$(grep -c CAP_SYS_PTRACE "$DIR/supervisor.log")" 1 "and one line names the privilege"
stop
BEFORE="$ROOT/build/tests/refuse listen"
ok "starts where another listener is" serve 8080 "$ROOT/build/tests/go-static" tcp4 8080
is "$(grep -c 'not supervised: another supervisor' "$DIR/supervisor.log")" 1 "where another listener is, one line says so"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "and the program is served natively"
stop
BEFORE=
done_testing
