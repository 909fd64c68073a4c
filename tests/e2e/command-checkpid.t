#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind check PID, against real sockets of every kind, as root
# and as a user who sees their own processes alone.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
need nginx nginx-light
need strace
forms ipv6

serve_sockets

# Where there is no sock_diag, /proc/net tells the same.
for pid in "$plain" "$shimmed"; do
    AS=''
    ask_dualbind check --json "$pid"
    cp "$DIR/out" "$DIR/diag"
    AS="$ROOT/build/tests/refuse diag"
    ask_dualbind check --json "$pid"
    is "$asked $(diff "$DIR/diag" "$DIR/out")" '1 ' 'check PID: without sock_diag the same'
done
AS=$NO_LIST
ask_dualbind check "$plain"
is "$asked $(tail -n 1 "$DIR/out")" '125 Its sockets: the kernel does not list them (sock_diag).' 'check PID: no list'
ask_dualbind check --json "$plain"
is "$asked $(json 'j["sockets_problem"], j["listeners"]')" "125 ('the kernel does not list them (sock_diag)', [])" \
    'check --json PID: no list'
AS=''

# What a process is told about its sockets.
ask_dualbind check "$plain"
is "$asked" 1 'check PID: some are IPv4-only'
ok 'check PID: the library is not there, and why' grep -q 'not loaded in it: it was started without LD_PRELOAD' "$DIR/out"
is "$(line tcp 0.0.0.0:8001)" 'tcp 0.0.0.0:8001 IPv4 only start it with: dualbind run -a 8001' 'check PID: what to do'
is "$(line tcp '[::]:8011')" '' 'check PID: other processes'\'' sockets are not shown'
ask_dualbind check "$shimmed"
ok 'check PID: the library is there' grep -qF "loaded in it: $LIB" "$DIR/out"
ok 'check PID: with which rules' grep -qF 'rules: 8011,8012/udp,127.0.0.1:8013,[::]:8014' "$DIR/out"
is "$(line tcp 0.0.0.0:8016)" 'tcp 0.0.0.0:8016 IPv4 only no rule covers it: add 8016' 'check PID: the rule to add'
is "$(line tcp '[::]:8011')" 'tcp [::]:8011 converted' 'check PID: a converted one'
is "$(line tcp 0.0.0.0:8017)" 'tcp 0.0.0.0:8017 IPv4, beside [::]' 'check PID: two listeners'
ask_dualbind check --json "$shimmed"
is "$(json 'j["loaded"], j["rules"], j["mechanism"]')" \
    "(True, '8011,8012/udp,127.0.0.1:8013,[::]:8014', 'preload')" 'check --json PID'
is "$(json '[(l["port"], l["covered"], l["to_do"]) for l in j["listeners"] if l["port"] == 8016]')" \
    "[(8016, False, 'no rule covers it: add 8016')]" 'check --json PID: a socket'
if lists_options; then
    AS="$ROOT/build/tests/refuse getfd"
    ask_dualbind check "$shimmed"
    is "$(line tcp '[::]:8013') $(cat "$DIR/err")" 'tcp [::]:8013 promoted ' 'check PID: under a filter that refuses pidfd_getfd'
fi
AS="$ROOT/build/tests/refuse diag $ROOT/build/tests/refuse getfd"
ask_dualbind check "$shimmed"
is "$(line tcp '[::]:8013')" 'tcp [::]:8013 dual-stack (by whom unseen)' 'check PID: marks refused'
is "$(sed 's/[0-9]* dual-stack sockets\{0,1\}/N/' "$DIR/err")" \
    'dualbind: N: whether by dualbind cannot be seen: a seccomp filter forbids pidfd_getfd here' 'check PID: marks refused: told'
AS="$ROOT/build/tests/refuse addfd"
ask_dualbind check --json "$plain"
is "$asked $(json 'j["mechanism"]')" '1 preload' 'check PID: on a kernel that cannot supervise'
AS=''
if [ "$(id -u)" = 0 ]; then
    # From the node, which is another network namespace.
    status=0
    "$DUALBIND" check "$shimmed" >"$DIR/out" || status=$?
    is "$status $(line tcp '[::]:8011')" '1 tcp [::]:8011 converted' 'check PID: in another namespace, as root'
fi
stop_with TERM "$shimmed"
stop_with TERM "$plain"

# A server whose rules cover it.
serve_plain 8080 "$DUALBIND" run "$PYTHON" -m http.server --bind 0.0.0.0 8080
ask_dualbind check "$SERVER_PID"
is "$asked $(line tcp '[::]:8080')" '0 tcp [::]:8080 converted' 'check PID: all is well'
stop
serve_plain 8080 "$DUALBIND" run --dry-run "$PYTHON" -m http.server --bind 0.0.0.0 8080
ask_dualbind check "$SERVER_PID"
is "$asked $(line tcp 0.0.0.0:8080)" \
    '1 tcp 0.0.0.0:8080 IPv4 only covered, not converted: DUALBIND_DRY_RUN is set' 'check PID: a dry run'
stop

# A server with workers that is dual-stack itself at one port, and not at another.
configure 8080 '[::]:8080' 8081
serve 8080 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
workers_there() {
    [ "$(pgrep -P "$SERVER_PID" | wc -l)" = 2 ]
}
ok 'nginx: both workers are there' wait_for workers_there
ask_dualbind check "$(pgrep -P "$SERVER_PID" | head -n 1)"
is "$asked $(line tcp 0.0.0.0:8081)" '1 tcp 0.0.0.0:8081 IPv4 only no rule covers it: add 8081' 'nginx: check of a worker'
stop
ALLOW='8080 8081' serve 8081 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
ask_dualbind check "$SERVER_PID"
is "$asked $(line tcp '[::]:8081')" '0 tcp [::]:8081 converted' 'nginx: with rules for both'
is "$(line tcp 0.0.0.0:8080)" 'tcp 0.0.0.0:8080 IPv4, beside [::]' 'nginx: its own two listeners stay'
stop

ask_dualbind check 999999999
is "$asked $(cat "$DIR/err")" '125 dualbind: no such process: 999999999' 'check PID: no such process'
serve_plain 8041 "$PYTHON" -c '
import os, signal, socket, sys
child = os.fork() or os._exit(0)
print(child, file=open(sys.argv[1], "w"))
listener = socket.create_server(("0.0.0.0", 8041))
signal.pause()' "$DIR/ended"
ask_dualbind check "$(cat "$DIR/ended")"
is "$asked $(cat "$DIR/err")" \
    "125 dualbind: process $(cat "$DIR/ended") has no program: a kernel thread, or it has ended" 'check PID: a zombie'
stop

# A user who is not root is told of what is theirs alone.
if [ "$(id -u)" = 0 ]; then
    serve_as_nobody
    AS=$NOBODY
    ask_dualbind check "$own"
    is "$asked $(line tcp 0.0.0.0:8031)" '1 tcp 0.0.0.0:8031 IPv4 only no rule covers it: add 8031' \
        'nobody: check of their own'
    asked=0
    # shellcheck disable=SC2086 # words
    $NOBODY "$DUALBIND" check "$own" >"$DIR/out" || asked=$?
    is "$asked $(tail -n 1 "$DIR/out")" \
        '125 Its sockets: they are in another network namespace; run this inside it, or as root.' \
        'nobody: check of their own, in another namespace'
    ask_dualbind check "$roots"
    is "$asked" 125 'nobody: check of root'\''s'
    ok 'nobody: told why not' grep -q "^dualbind: process $roots: Permission denied" "$DIR/err"
    # Root in a container, which has no CAP_SYS_PTRACE there.
    AS='setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace'
    ask_dualbind check "$own"
    is "$asked" 125 'root without CAP_SYS_PTRACE: check of nobody'\''s'
    ok 'root without CAP_SYS_PTRACE: what it takes' grep -q '^dualbind: remedy: it takes CAP_SYS_PTRACE' "$DIR/err"
    stop_with TERM "$own"
    stop_with TERM "$roots"

    # Set-group-ID: its loader has ignored LD_PRELOAD, whoever looks.
    cat >"$DIR/private" <<END
mount -t tmpfs none '$DIR/rights' # /tmp may be mounted nosuid
cp /bin/sleep '$DIR/rights/'
chown 0:0 '$DIR/rights/sleep'
chmod 2755 '$DIR/rights/sleep'
echo \$\$ >'$DIR/pid'
exec $NOBODY '$DIR/rights/sleep' 600
END
    mkdir "$DIR/rights"
    in_pod unshare --mount sh "$DIR/private" &
    secure_is_there() {
        grep -qsx sleep "/proc/$(cat "$DIR/pid")/comm"
    }
    ok 'set-group-ID: starts' wait_for secure_is_there
    AS=''
    ask_dualbind check "$(cat "$DIR/pid")"
    ok 'set-group-ID: why a supervisor' grep -q 'it was started so that its loader ignores LD_PRELOAD' "$DIR/out"
    stop_with TERM "$(cat "$DIR/pid")"
else
    skip 'as another user' 'only root can become one'
fi
done_testing
