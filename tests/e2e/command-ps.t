#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind ps, against real sockets of every kind, as root
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

ask_dualbind ps
is "$asked" 0 'ps: exit status'
uid=$(id -u)
is "$(line tcp 0.0.0.0:8001)" "tcp 0.0.0.0:8001 IPv4 only python3 $plain $uid 8001" 'ps: an IPv4-only listener'
is "$(line udp 0.0.0.0:8005)" "udp 0.0.0.0:8005 IPv4 only python3 $plain $uid 8005/udp" 'ps: an IPv4-only UDP socket'
is "$(line tcp 127.0.0.1:8002)" "tcp 127.0.0.1:8002 IPv4 only python3 $plain $uid" 'ps: loopback: no rule'
is "$(line tcp '[::]:8003')" "tcp [::]:8003 dual-stack python3 $plain $uid" 'ps: a dual-stack listener'
is "$(line tcp '[::]:8004')" "tcp [::]:8004 IPv6 only python3 $plain $uid" 'ps: an IPv6-only listener'
is "$(line udp '[::]:8006')" "udp [::]:8006 dual-stack python3 $plain $uid" 'ps: a dual-stack UDP socket'
is "$(line tcp 0.0.0.0:8007)" "tcp 0.0.0.0:8007 IPv4, beside [::] python3 $plain $uid" 'ps: two listeners: no rule'
is "$(line tcp '[::]:8007')" "tcp [::]:8007 IPv6 only python3 $plain $uid" 'ps: and the other one'
is "$(line tcp '[::1]:8008')" "tcp [::1]:8008 IPv6 only python3 $plain $uid" 'ps: an IPv6 address'
is "$(awk '$2 ~ /:8009$/ { print $2 }' "$DIR/out")" '127.0.0.1:8009
127.0.0.2:8009' 'ps: two addresses at one port, in order'
is "$(line tcp '[::]:8011')" "tcp [::]:8011 converted python3 $shimmed $uid" 'ps: a converted listener'
is "$(line udp '[::]:8012')" "udp [::]:8012 converted python3 $shimmed $uid" 'ps: a converted UDP socket'
is "$(line tcp '[::]:8013')" "tcp [::]:8013 promoted python3 $shimmed $uid" 'ps: a promoted listener'
is "$(line tcp '[::]:8014')" "tcp [::]:8014 widened python3 $shimmed $uid" 'ps: a widened listener'
is "$(cat "$DIR/err")" '' 'ps: nothing unseen'
ask_dualbind ps --json
is "$(json 'len(j["listeners"])')" "$(in_pod ss -Hltun | wc -l)" 'ps --json: as many sockets as ss shows'
is "$(json '[(l["protocol"], l["family"], l["v6only"], l["reach"], l["rule"]) for l in j["listeners"] if l["port"] == 8005]')" \
    "[('udp', 'ipv4', None, 'ipv4', '8005/udp')]" 'ps --json: an IPv4-only one'
is "$(json '[(o["pid"], o["command"]) for l in j["listeners"] if l["port"] == 8011 for o in l["owners"]]')" \
    "[($shimmed, 'python3')]" 'ps --json: an owner'
is "$(json 'j["unseen_owners"], j["unseen_marks"]')" '(0, 0)' 'ps --json: nothing unseen'

# It is shown again when it has changed.
in_pod "$DUALBIND" ps --watch >"$DIR/watched" 2>&1 &
watching=$!
ok 'ps --watch: the list' wait_for grep -q '^tcp  *0.0.0.0:8001 ' "$DIR/watched"
serve_plain 8041 "$PYTHON" "$SOCKETS" tcp/0.0.0.0/8041
ok 'ps --watch: a new listener' wait_for grep -q '^tcp  *0.0.0.0:8041 ' "$DIR/watched"
is "$(grep -c '^PROTO' "$DIR/watched") $(grep -c '^$' "$DIR/watched")" '2 1' 'ps --watch: two lists, apart'
kill "$watching"
stop
ask_dualbind ps --watch --json
is "$asked $(head -n 1 "$DIR/err")" '2 dualbind: --watch and --json exclude each other' 'ps --watch --json'

# Where there is no sock_diag, /proc/net tells the same.
forms_of_ps() {
    for form in '' --json; do
        # shellcheck disable=SC2086 # a word or none
        ask_dualbind ps $form
        echo "$asked $form"
        cat "$DIR/out" "$DIR/err"
    done
}
forms_of_ps >"$DIR/diag"
AS="$ROOT/build/tests/refuse diag"
forms_of_ps >"$DIR/procnet"
is "$(diff "$DIR/diag" "$DIR/procnet")" '' 'ps: without sock_diag the same'
ok 'ps: without sock_diag: a list' grep -q '^tcp  *\[::\]:8014  *widened' "$DIR/procnet"
AS="$ROOT/build/tests/refuse diag strace -qq -o $DIR/trace -e trace=socket"
ask_dualbind ps
ok 'ps: without sock_diag: it was asked for' grep -q 'NETLINK_SOCK_DIAG) = -1 EPROTONOSUPPORT' "$DIR/trace"

# So it does where netlink is refused, or the kernel has no list of one protocol.
AS=''
forms_of_ps >"$DIR/diag"
for refusal in socket:error=EAFNOSUPPORT socket:error=EPERM sendto:error=ENOENT sendto:error=ENOENT:when=3+; do
    AS=$(inject "$refusal")
    forms_of_ps >"$DIR/procnet"
    is "$(diff "$DIR/diag" "$DIR/procnet")" '' "ps: $refusal: the same"
done

# Where a container's seccomp profile refuses pidfd_getfd the kernel tells the marks, since Linux 5.10; where it does
# not, or there is no list of it, the reason is told.
marks_of() { # PID
    for socket in tcp:8011 udp:8012 tcp:8013 tcp:8014 tcp:8003 udp:8006; do
        line "${socket%:*}" "[::]:${socket#*:}" | sed "s/^\([^ ]*\) \[::\]:/\1 /"
    done
}
told="tcp 8011 converted python3 $shimmed $uid
udp 8012 converted python3 $shimmed $uid
tcp 8013 promoted python3 $shimmed $uid
tcp 8014 widened python3 $shimmed $uid
tcp 8003 dual-stack python3 $plain $uid
udp 8006 dual-stack python3 $plain $uid"
if lists_options; then
    AS="$ROOT/build/tests/refuse getfd"
    ask_dualbind ps
    is "$(marks_of) $(cat "$DIR/err")" "$told " 'ps: under a filter that refuses pidfd_getfd'
    AS="$ROOT/build/tests/refuse getfd strace -qq -o $DIR/trace -e trace=pidfd_getfd"
    ask_dualbind ps --json
    is "$(cat "$DIR/trace")" '' 'ps: it is not called at all'
    is "$(json '[l["reach"] for l in j["listeners"] if l["port"] in (8011, 8012, 8013, 8014)], j["unseen_marks"]')" \
        "(['converted', 'converted', 'promoted', 'widened'], 0)" 'ps --json: under that filter'
else
    skip 'ps: under a filter that refuses pidfd_getfd' 'this kernel does not list the options of sockets'
fi
AS="$ROOT/build/tests/refuse diag $ROOT/build/tests/refuse getfd"
ask_dualbind ps
is "$(line tcp '[::]:8011')" "tcp [::]:8011 dual-stack (by whom unseen) python3 $shimmed $uid" 'ps: marks refused'
ok 'ps: marks refused: told' grep -q '^dualbind: [0-9]* dual-stack sockets: .* a seccomp filter forbids pidfd_getfd' "$DIR/err"
AS="$ROOT/build/tests/refuse diag $(inject pidfd_getfd:error=ENOSYS)"
ask_dualbind ps
ok 'ps: no pidfd_getfd: told' grep -q '^dualbind: [0-9]* dual-stack sockets: .* (before 5.6)' "$DIR/err"
AS=$NO_LIST
ask_dualbind ps
is "$asked $(cat "$DIR/out")" '125 ' 'ps: no list'
ok 'ps: no list: told' grep -q '^dualbind: the kernel does not list the sockets.*: Protocol not supported$' "$DIR/err"
# Others' processes, in a /proc that does not show them, or is not to be had.
printf '#!/bin/sh\nexec unshare --mount sh -c '\''mount -t tmpfs none /proc; exec "$@"'\'' sh "$@"\n' >"$DIR/no-proc"
chmod 755 "$DIR/no-proc"
if [ "$(id -u)" = 0 ]; then
    AS=$DIR/no-proc
    ask_dualbind ps
    is "$asked $(line tcp 0.0.0.0:8001)" "0 tcp 0.0.0.0:8001 IPv4 only ? $uid 8001" 'ps: owners in another PID namespace'
    if lists_options; then
        is "$(line tcp '[::]:8013')" "tcp [::]:8013 promoted ? $uid" 'ps: owners in another PID namespace: promoted'
    fi
    ok 'ps: owners in another PID namespace: told' grep -q 'the owner is in another PID namespace' "$DIR/err"
fi
AS="strace -qq -o /dev/null -P /proc -e trace=open,openat -e inject=open,openat:error=EACCES"
ask_dualbind ps
is "$asked $(line tcp 0.0.0.0:8001)" "0 tcp 0.0.0.0:8001 IPv4 only ? $uid 8001" 'ps: no /proc'
ok 'ps: no /proc: told' grep -q '^dualbind: the owners cannot be told: /proc cannot be read: Permission' "$DIR/err"
AS=''
stop_with TERM "$shimmed"
stop_with TERM "$plain"

# A server with workers that is dual-stack itself at one port, and not at another.
configure 8080 '[::]:8080' 8081
serve 8080 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
workers_there() {
    [ "$(pgrep -P "$SERVER_PID" | wc -l)" = 2 ]
}
ok 'nginx: both workers are there' wait_for workers_there
ask_dualbind ps
owners() { # ADDRESS
    awk -v address="$1" '$2 == address { sub(/.* nginx/, "nginx"); print }' "$DIR/out"
}
matches_owners() { # ADDRESS REST
    case $(owners "$1") in "nginx "*" +2 "*"$2") ;; *) return 1 ;; esac
}
ok 'nginx: three processes hold an IPv4-only listener' matches_owners 0.0.0.0:8081 ' 8081'
ok 'nginx: its own two listeners: no rule' matches_owners 0.0.0.0:8080 " $uid"
ok 'nginx: its own two listeners: IPv4, beside [::]' grep -q '0.0.0.0:8080 *IPv4, beside' "$DIR/out"
stop

# A user who is not root sees what is theirs, and is told what they do not see.
if [ "$(id -u)" = 0 ]; then
    serve_as_nobody
    ALLOW=8023 serve 8024 "$PYTHON" "$SOCKETS" tcp/0.0.0.0/8023 tcp/0.0.0.0/8024
    shared=$SERVER_PID
    AS=$NOBODY
    ask_dualbind ps
    is "$(line tcp 0.0.0.0:8031)" "tcp 0.0.0.0:8031 IPv4 only python3 $own 65534 8031" 'nobody: their own, IPv4-only'
    is "$(line tcp '[::]:8032')" "tcp [::]:8032 converted python3 $own 65534" 'nobody: their own, converted'
    is "$(line tcp '[::]:8033')" "tcp [::]:8033 dual-stack python3 $own 65534" 'nobody: their own, dual-stack'
    is "$(line tcp 0.0.0.0:8021)" 'tcp 0.0.0.0:8021 IPv4 only ? 0 8021' 'nobody: root'\''s, IPv4-only'
    if lists_options; then
        is "$(line tcp '[::]:8022')" 'tcp [::]:8022 dual-stack ? 0' 'nobody: root'\''s, dual-stack'
        is "$(line tcp '[::]:8023')" 'tcp [::]:8023 converted ? 0' 'nobody: root'\''s, converted'
    fi
    ok 'nobody: told how many owners are unseen' grep -q '^dualbind: 4 sockets: the owner is another' "$DIR/err"
    # In a /proc that hides other users' processes.
    printf '#!/bin/sh\nexec unshare --mount sh -c '\''mount -t proc -o hidepid=2 none /proc; exec "$@"'\'' sh "$@"\n' >"$DIR/hidden"
    chmod 755 "$DIR/hidden"
    AS="$DIR/hidden $NOBODY"
    ask_dualbind ps
    if lists_options; then
        is "$(line tcp '[::]:8023')" 'tcp [::]:8023 converted ? 0' 'nobody, hidepid: root'\''s, converted'
    fi
    AS="$ROOT/build/tests/refuse diag $NOBODY"
    ask_dualbind ps
    is "$(line tcp '[::]:8023')" 'tcp [::]:8023 dual-stack (by whom unseen) ? 0' 'nobody, without a list: root'\''s'
    ok 'nobody: told what else is unseen' grep -q '^dualbind: [0-9]* dual-stack sockets: .* no process that is shown' "$DIR/err"
    # Root in a container, which has no CAP_SYS_PTRACE there.
    AS='setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace'
    ask_dualbind ps
    is "$(line tcp 0.0.0.0:8031)" 'tcp 0.0.0.0:8031 IPv4 only ? 65534 8031' 'root without CAP_SYS_PTRACE: nobody'\''s'
    ok 'root without CAP_SYS_PTRACE: told why' grep -q '^dualbind: [357] sockets: the owner is a process .*CAP_SYS_PTRACE' "$DIR/err"
    stop_with TERM "$own"
    stop_with TERM "$roots"
    stop_with TERM "$shared"
else
    skip 'as another user' 'only root can become one'
fi
done_testing
