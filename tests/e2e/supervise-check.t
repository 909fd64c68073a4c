#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086 # $SUPERVISE is words
# dualbind check PID: whether a process is supervised, and by which process. A name proves
# nothing, and neither does a filter that another program has installed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
forms ipv6

# Runs COMMAND, which is to write the number of a process to $DIR/pid, and
# waits for it.
begin() { # COMMAND...
    rm -f "$DIR/pid"
    setsid "$ROOT/scripts/pod" exec env DUALBIND_ALLOW='*' "$@" >"$DIR/begun" 2>&1 </dev/null &
    SERVER_PID=$!
    servers="$servers $SERVER_PID"
    wait_for test -s "$DIR/pid"
    subject=$(cat "$DIR/pid")
}
check() { # [COMMAND...]
    in_pod "$@" "$ROOT/build/dualbind" check --json "$subject" |
        "$PYTHON" -c 'import json, sys
seen = json.load(sys.stdin)
print(seen["supervisor"], seen["supervisor_seen"])'
}
cat >"$DIR/program" <<END
echo \$\$ >'$DIR/pid.new'
mv '$DIR/pid.new' '$DIR/pid'
exec sleep 60
END
chmod 777 "$DIR"

begin $SUPERVISE sh -c "sh '$DIR/program' & wait"
is "$(check)" "$SERVER_PID True" "supervised, a grandchild too"
ok "and in words" sh -c "'$ROOT/scripts/pod' exec '$ROOT/build/dualbind' check $subject |
    grep -qx 'It runs under dualbind, process $SERVER_PID.'"
subject=$SERVER_PID
is "$(check)" "$SERVER_PID True" "the supervisor: what it supervises is told of"
in_pod "$ROOT/build/dualbind" check --json "$subject" >"$DIR/out"
child=$(pgrep -P "$SERVER_PID" -x sh)
is "$("$PYTHON" -c 'import json, sys
seen = json.load(sys.stdin)
print(seen["asked_pid"], seen["pid"])' <"$DIR/out")" "$subject $child" "the supervisor, in JSON"
in_pod "$ROOT/build/dualbind" check "$subject" >"$DIR/out"
is "$?" 0 "the supervisor: the exit status is that of what it supervises"
is "$(head -n 2 "$DIR/out")" "Process $subject is dualbind, which supervises process $child. Of that one:
Process $child is called sh." "the supervisor, in words"
subject=$(pgrep -P "$SERVER_PID" -x dualbind)
is "$(check)" "None True" "its stand-in is not supervised"
stop

begin sh "$DIR/program"
is "$(check)" "None True" "without a supervisor"
stop
mkdir "$DIR/other"
cp /bin/sh "$DIR/other/dualbind"
begin "$DIR/other/dualbind" -c "sh '$DIR/program'; exit"
is "$(check)" "None True" "under a program that is called dualbind"
stop
begin "$DIR/other/dualbind" -c "'$ROOT/build/tests/refuse' getfd sh '$DIR/program'; exit"
is "$(check)" "None True" "under one, and under somebody else's filter"
stop

# One whose file has been replaced since, as by an update.
cp "$ROOT/build/dualbind" "$DIR/other/new"
mv "$DIR/other/new" "$DIR/other/dualbind"
begin "$DIR/other/dualbind" run --mode supervise -- sh "$DIR/program"
rm "$DIR/other/dualbind"
is "$(check)" "$SERVER_PID True" "under one whose file has gone"
stop

# A supervisor that is root's, and a program that no longer is.
if [ "$(id -u)" = 0 ]; then
    nobody='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all'
    begin $SUPERVISE $nobody sh "$DIR/program"
    is "$(check $nobody)" "None False" "its user is not shown it"
    ok "and told so" sh -c "'$ROOT/scripts/pod' exec $nobody '$ROOT/build/dualbind' check $subject |
        grep -qx 'Whether it runs under dualbind is not shown to this user.'"
    is "$(check)" "$SERVER_PID True" "root is"
    stop
else
    skip "another user's supervisor" "this is not root"
fi
done_testing
