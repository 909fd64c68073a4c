#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086 # $SUPERVISE is words
# What a program is started with under the supervisor: descriptors that are
# closed, an alarm, variables that name its process; and where there can be no
# supervisor, it goes without one.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need perl
forms ipv6

cat >"$DIR/family.py" <<'END'
"""family.py FILE: listen on 0.0.0.0:8080; the socket's family, or the error, goes to FILE."""
import socket
import sys

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(("0.0.0.0", 8080))
    s.listen()
    said = s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN) == socket.AF_INET6 and "IPv6" or "IPv4"
except OSError as error:
    said = error.strerror
with open(sys.argv[1], "w") as file:
    print(said, file=file)
END

# The supervisor's own descriptors must not be lost among them.
for closed in '0 1' '1' '1 2' '0 1 2'; do
    closing=$(for number in $closed; do printf 'exec %d>&-; ' "$number"; done)
    rm -f "$DIR/family"
    in_pod sh -c "$closing exec env DUALBIND_ALLOW='*' $SUPERVISE '$PYTHON' '$DIR/family.py' '$DIR/family'" \
        2>/dev/null
    is "$(cat "$DIR/family")" IPv6 "started without descriptors $closed"
done

# An alarm is kept over exec, and its signal comes from the kernel.
status_of() { # COMMAND...
    "$@" >"$DIR/out" 2>"$DIR/err"
    echo $?
}
is "$(status_of in_pod perl -e 'alarm 1; exec @ARGV' env DUALBIND_ALLOW='*' $SUPERVISE sleep 20)" 142 \
    "an alarm that was set before ends the program"

# shellcheck disable=SC2016 # for the inner shells to expand
names='echo $(($LISTEN_PID == $$)) $(($WATCHDOG_PID == $$)) $OTHER_PID'
for before in '' "env DUALBIND_ALLOW=* $SUPERVISE"; do
    # shellcheck disable=SC2016
    is "$(in_pod sh -c 'set -f; export LISTEN_PID=$$ WATCHDOG_PID=$$ OTHER_PID=7; exec "$@"' - $before sh -c "$names")" \
        "1 1 7" "${before:+supervised: }the process that was meant is the program"
done
# shellcheck disable=SC2016
is "$(in_pod env LISTEN_PID=1 DUALBIND_ALLOW='*' $SUPERVISE sh -c 'echo $LISTEN_PID')" 1 \
    "and another process that is meant stays meant"

# A daemon stays behind; a process that reads its starter's output is not kept waiting.
cat >"$DIR/starter" <<END
#!/bin/sh
(exec >/dev/null 2>&1 </dev/null; exec setsid sleep 30) &
echo \$! >'$DIR/daemon'
END
in_pod env DUALBIND_ALLOW='*' $SUPERVISE sh "$DIR/starter" 2>&1 </dev/null | timeout 10 cat >"$DIR/said" &
reader=$!
wait "$reader"
is $? 0 "standard error is not kept open for a daemon"
ok "which is there" kill -s KILL "$(cat "$DIR/daemon")"

# Without a supervisor: not a process is added.
no_proc() { # COMMAND...
    in_pod unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' - "$@"
}
if no_proc true 2>/dev/null; then
    # shellcheck disable=SC2016
    is "$(no_proc sh -c 'echo $$; exec "$@"' - env DUALBIND_ALLOW='*' $SUPERVISE sh -c 'echo $$; exit 3' 2>"$DIR/err" | uniq | wc -l)" 1 \
        "without /proc the program takes the supervisor's place"
    is "$(status_of no_proc env DUALBIND_ALLOW='*' $SUPERVISE sh -c 'exit 3')" 3 "and its exit status is its own"
    is "$(grep -c 'nothing is converted: /proc is not mounted' "$DIR/err")" 1 "and one line says so"
else
    skip "without /proc" "nothing can be mounted over it"
fi
for missing in notify addfd; do
    rm -f "$DIR/family"
    is "$(status_of in_pod "$ROOT/build/tests/refuse" $missing env DUALBIND_ALLOW='*' $SUPERVISE "$PYTHON" \
        "$DIR/family.py" "$DIR/family" 2>"$DIR/err")" 0 "on a kernel before 5.9 a program goes on ($missing)"
    is "$(cat "$DIR/family")" IPv4 "natively"
    is "$(sed 's/.* not supervised: //' "$DIR/err")" "the kernel lacks SECCOMP_IOCTL_NOTIF_ADDFD (Linux has it since 5.9, gVisor has not)" \
        "and one line says so"
done

# A filter that is there cannot be taken away, so its process does not go on; the
# one that was to be the supervisor takes its place.
rm -f "$DIR/family"
is "$(status_of in_pod "$ROOT/build/tests/refuse" sendmsg env DUALBIND_ALLOW='*' $SUPERVISE "$PYTHON" \
    "$DIR/family.py" "$DIR/family" 2>"$DIR/err")" 0 "a listener that cannot be passed on: a program goes on"
is "$(cat "$DIR/family")" IPv4 "natively"
is "$(grep -c 'not supervised: its seccomp listener could not be passed on' "$DIR/err")" 1 "and one line says so"
done_testing
