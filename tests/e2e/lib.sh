# shellcheck shell=sh
# Helpers for end-to-end tests: TAP from plain sh, real servers in a private
# pod (scripts/pod), real clients in its node. A test file looks like this:
#
#     #!/bin/sh
#     # nginx, as a distribution configures it.
#     # shellcheck source-path=SCRIPTDIR source=lib.sh
#     . "$(dirname "$0")/lib.sh"
#     need nginx nginx-light
#     forms ipv6 dual                   # the rest runs once in each form
#     battery 8080 nginx -c "$DIR/nginx.conf"
#     done_testing
#
# and runs by itself, or under `prove`, or under `prove -e sh`. The plan is
# counted, not written: a form that does not reach done_testing is a failure.
#
# before `forms`
#   need COMMAND [PACKAGE]     skips the file, with the reason, if it is missing
#   need_python MODULE [PKG]   the same for a module of $PYTHON
#   forms FORM...              runs the rest of the file in each of these pods,
#                              FORM_SECONDS in each at most
# TAP
#   ok NAME COMMAND [ARG...]   passes if the command succeeds
#   is GOT EXPECTED NAME       passes if the strings are equal
#   skip NAME REASON · diag TEXT... · diag_file FILE · done_testing
# servers, in the pod; the port is the one whose listener is waited for
#   serve PORT COMMAND...        with the shim; $ALLOW (default: PORT) is the
#                                allowlist, $SHIM_ENV more variables (words)
#   serve_plain PORT COMMAND...  without it
#       both set SERVER_PID, LOG (its output) and SHIM_LOG (the shim's info
#       log); on failure they show the log and return 1
#   stop                       TERM to SERVER_PID alone, as an init would; sets
#                              STOP_STATUS; ends the rest of its process group
#   stop_with SIGNAL PID       the same with another signal or server
#   try_serve · try_plain      as serve and serve_plain, for a start that may
#                              fail: no diagnostics
# clients
#   at HOST                    [literal] for a URL: brackets around IPv6
#   get HOST [PORT]            GET / from the node: the body; curl's status
#   pod_get HOST [PORT]        the same from inside the pod
#   refused HOST [PORT]        true if the connection is refused (not: timed out)
#   sequential HOST N [PORT]   N connections one after another; prints how many
#                              were answered with 200
#   crowd HOST M [PORT]        M connections open at once, likewise
#   wait_for COMMAND...        polls until it succeeds, 10 seconds at most
#   in_pod COMMAND...          runs a command in the pod
# what the shim did
#   listeners PORT             one line per listener in the pod, sorted:
#                              "0.0.0.0 inet", ":: inet6 v6only=0"
#   synthetic LOG ADDRESS      the IPv4 address that stands for ADDRESS
#   in_pool ADDRESS            true for 240.0.0.0/4
#   stands_for_node PEER NAME  two tests: PEER is the address that SHIM_LOG
#                              maps to NODE_IP6, and is in the pool
# the whole of what every server must do
#   battery PORT COMMAND...    see below; asks through the functions ask,
#                              pod_ask, many and throng, which a test for a
#                              protocol other than HTTP defines anew
#
# variables: ROOT, DIR (this form's own directory), E2E_DIR (this file's),
# APPS, PYTHON, LIB; from scripts/pod: POD_FORM, POD_IP6, NODE_IP6, ...
# environment: DUALBIND_LIBRARY (the library under test), E2E_PYTHON,
# E2E_NO_SKIP=1 (a skip is a failure), E2E_KEEP=1 (keep the logs).

set -u
ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
APPS=$ROOT/tests/e2e/apps
LIB=${DUALBIND_LIBRARY:-$ROOT/build/libdualbind.so}
PYTHON=${E2E_PYTHON:-/usr/bin/python3} # the distribution's, with its packages
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
PATH=$PATH:/usr/sbin:/sbin
unset LD_PRELOAD http_proxy HTTP_PROXY all_proxy ALL_PROXY

# ---- TAP ---------------------------------------------------------------

diag() {
    printf '# %s\n' "$*"
}

diag_file() {
    [ -s "$1" ] || return 0
    diag "--- ${1##*/}"
    tail -n 20 "$1" | sed 's/^/# /'
}

result() { # ok|not ok, NAME
    count=$((count + 1))
    echo "$count" >"$E2E_DIR/count"
    printf '%s %d - %s%s\n' "$1" "$count" "${POD_FORM:+$POD_FORM: }" "$2"
}

fail() { # NAME
    result 'not ok' "$1"
    : >"$E2E_DIR/failed"
    : >"$DIR/failed"
}

ok() { # NAME COMMAND...
    test_name=$1
    shift
    if "$@"; then result ok "$test_name"; else fail "$test_name"; fi
}

is() { # GOT EXPECTED NAME
    if [ "$1" = "$2" ]; then
        result ok "$3"
    else
        fail "$3"
        printf '%s\n' "got:      $1" "expected: $2" | sed 's/^/# /'
    fi
}

skip() { # NAME REASON
    if [ -n "${E2E_NO_SKIP:-}" ]; then
        fail "$1"
        diag "would be skipped: $2"
    else
        result ok "$1 # SKIP $2"
    fi
}

skip_all() { # REASON
    if [ -n "${E2E_NO_SKIP:-}" ]; then
        printf '1..1\nnot ok 1 - not skipped\n# would be skipped: %s\n' "$1"
        exit 1
    fi
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

done_testing() {
    [ ! -e "$DIR/failed" ] || for log in "$DIR"/*.log; do diag_file "$log"; done
    : >"$DIR/done"
}

need() { # COMMAND [PACKAGE]
    command -v "$1" >/dev/null || skip_all "$1 is not installed (Debian: ${2:-$1})"
}

need_python() { # MODULE [PACKAGE]
    [ -z "${POD_FORM:-}" ] || return 0
    "$PYTHON" -c "import $1" 2>/dev/null || skip_all "$PYTHON has no module $1 (Debian: ${2:-python3-$1})"
}

# ---- the pod -----------------------------------------------------------

FORM_SECONDS=240 # everything is bounded one by one; this bounds what isn't

# Outside a pod: runs this file again in a pod of each form, adds up, and
# exits. Inside: returns, so that the file goes on. POD_FORM alone would not
# tell the two apart, since somebody may run a test from within a pod.
forms() {
    if [ -n "${E2E_INSIDE:-}" ]; then
        enter_form
        return
    fi
    [ -e "$LIB" ] || {
        printf '1..1\nnot ok 1 - %s is there\n# it is not: run make\n' "$LIB"
        exit 1
    }
    E2E_DIR=$(mktemp -d "${TMPDIR:-/tmp}/dualbind-e2e.XXXXXX") || exit 1
    chmod 755 "$E2E_DIR" # servers that give up root look into it too
    trap leave_file EXIT
    trap 'exit 143' TERM HUP
    trap 'exit 130' INT
    export E2E_DIR
    echo 0 >"$E2E_DIR/count"
    running=''
    for form in "$@"; do run_form "$form" </dev/null; done
    printf '1..%d\n' "$(cat "$E2E_DIR/count")"
    [ ! -e "$E2E_DIR/failed" ]
    exit
}

run_form() { # FORM
    DIR=$E2E_DIR/$1
    mkdir "$DIR"
    status=0
    E2E_INSIDE=$1 timeout --kill-after=10 "$FORM_SECONDS" \
        "$ROOT/scripts/pod" "$1" -- sh "$0" 2>"$DIR/stderr" &
    running=$!
    wait "$running" || status=$?
    running=''
    [ -e "$DIR/begun" ] || [ "$status" -ne 125 ] || skip_all "$(cat "$DIR/stderr")"
    [ ! -e "$DIR/done" ] || [ "$status" -ne 0 ] || return 0
    POD_FORM=$1 count=$(cat "$E2E_DIR/count")
    fail "ran to its end (exit status $status)"
    diag_file "$DIR/stderr"
    unset POD_FORM
}

leave_file() {
    if [ -n "$running" ]; then
        kill -s TERM "$running"
        wait "$running"
    fi 2>/dev/null
    [ -n "${E2E_KEEP:-}" ] || rm -rf "$E2E_DIR"
}

enter_form() {
    DIR=$E2E_DIR/$POD_FORM
    : >"$DIR/begun"
    count=$(cat "$E2E_DIR/count")
    run_no=0 servers='' control_status=unknown
    : "${POD_IP6:?}" "${NODE_IP6:?}" "${POD_PID:?}"
    trap end_servers EXIT
    trap 'exit 143' TERM HUP
    trap 'exit 130' INT
}

in_pod() {
    "$ROOT/scripts/pod" exec "$@"
}

# Polls: twenty times a second, for ten seconds at most.
wait_for() { # COMMAND...
    wait_tries=0
    until "$@"; do
        wait_tries=$((wait_tries + 1))
        [ "$wait_tries" -lt 200 ] || return 1
        sleep 0.05
    done
}

# ---- servers -----------------------------------------------------------

# A zombie is not alive, although it can be signalled. False for a process
# that has ended, whether or not anybody has waited for it.
alive() { # PID
    read -r proc_stat 2>/dev/null <"/proc/$1/stat" || return 1
    case ${proc_stat##*) } in Z* | X*) return 1 ;; esac
}

dead() {
    ! alive "$1"
}

listening() { # PORT
    hex=$(printf '%04X' "$1")
    grep -qs " [0-9A-F]*:$hex [0-9A-F]*:0000 0A " \
        "/proc/$POD_PID/net/tcp" "/proc/$POD_PID/net/tcp6"
}

listening_or_dead() { # PORT PID
    listening "$1" || dead "$2"
}

# Each server gets a session of its own, so that its children end with it,
# and INT, which a shell makes its background commands ignore.
start() { # shim|plain PORT COMMAND...
    start_mode=$1 start_port=$2
    shift 2
    run_no=$((run_no + 1))
    LOG=$DIR/$run_no.$start_mode.log SHIM_LOG=$DIR/$run_no.shim-info.log
    : >"$SHIM_LOG"
    chmod 666 "$SHIM_LOG"
    if [ "$start_mode" = shim ]; then
        # shellcheck disable=SC2086 # words
        set -- LD_PRELOAD="$LIB" DUALBIND_ALLOW="${ALLOW-$start_port}" \
            DUALBIND_LOG="info:$SHIM_LOG" ${SHIM_ENV:-} "$@"
    fi
    setsid "$ROOT/scripts/pod" exec env --default-signal=INT,QUIT "$@" \
        </dev/null >"$LOG" 2>&1 &
    SERVER_PID=$!
    servers="$servers $SERVER_PID"
    wait_for listening_or_dead "$start_port" "$SERVER_PID"
    alive "$SERVER_PID" && listening "$start_port"
}

try_serve() {
    start shim "$@"
}

try_plain() {
    start plain "$@"
}

serve() {
    start shim "$@" || start_failed
}

serve_plain() {
    start plain "$@" || start_failed
}

start_failed() {
    if alive "$SERVER_PID"; then diag "the server does not listen"; else diag "the server ended"; fi
    diag_file "$LOG"
    diag_file "$SHIM_LOG"
    return 1
}

stop() {
    stop_with TERM "$SERVER_PID"
}

stop_with() { # SIGNAL PID
    stop_pid=$2
    kill -s "$1" "$stop_pid" 2>/dev/null
    if wait_for dead "$stop_pid"; then
        STOP_STATUS=0
        wait "$stop_pid" 2>/dev/null || STOP_STATUS=$?
    else
        diag "process $stop_pid did not stop"
        diag_file "$LOG"
        STOP_STATUS=never
    fi
    end_group "$stop_pid"
    [ "$STOP_STATUS" != never ]
}

# Ours by construction: start made the group. It is forgotten here, because
# its number may soon belong to somebody else. A group of nothing but zombies
# counts as gone: where process 1 does not reap, orphans stay zombies.
end_group() { # PID
    others=''
    for pid in $servers; do
        [ "$pid" = "$1" ] || others="$others $pid"
    done
    servers=$others
    kill -s KILL -- "-$1" 2>/dev/null || return 0
    wait_for no_runner_in "$1"
}

no_runner_in() { # GROUP
    ! pgrep -g "$1" -r D,R,S,T >/dev/null
}

end_servers() {
    for pid in ${servers:-}; do kill -s KILL -- "-$pid"; done 2>/dev/null
}

# ---- clients -----------------------------------------------------------

at() { # HOST
    case $1 in *:*) printf '[%s]' "$1" ;; *) printf '%s' "$1" ;; esac
}

fetch() { # URL
    curl --silent --show-error --noproxy '*' --max-time 10 "$1" 2>>"$DIR/curl.log"
}

get() { # HOST [PORT]
    fetch "http://$(at "$1"):${2:-8080}/"
}

pod_get() { # HOST [PORT]
    in_pod curl --silent --show-error --noproxy '*' --max-time 10 \
        "http://$(at "$1"):${2:-8080}/" 2>>"$DIR/curl.log"
}

# 7: refused (28 would be the time running out). A listener with a full
# queue, or a filter, would not answer at all: that is not this control.
refused() { # HOST [PORT]
    get "$1" "${2:-8080}" >/dev/null
    [ $? -eq 7 ]
}

sequential() { # HOST N [PORT]
    timeout 30 curl --silent --noproxy '*' --max-time 10 --fail-early --header 'Connection: close' \
        --output /dev/null --write-out '%{http_code}\n' \
        "http://$(at "$1"):${3:-8080}/?[1-$2]" 2>>"$DIR/curl.log" | grep -c '^200$'
}

crowd() { # HOST M [PORT]
    perl "$APPS/crowd.pl" "$1" "${3:-8080}" "$2" 2>>"$DIR/curl.log"
}

# ---- what the shim did ---------------------------------------------------

listeners() { # PORT
    in_pod ss -Hltne "sport = :$1" | awk '
        { address = $4; sub(/:[0-9]+$/, "", address); family = "inet"; only = "" }
        /v6only:/ {
            family = "inet6"
            only = " v6only=" (/v6only:1/ ? 1 : 0)
            if (address == "*") address = "::"
            gsub(/[][]/, "", address)
        }
        { print address " " family only }' | sort
}

# Every process of the server must show the same client alike: two different
# answers in one log are printed as two lines, and then equal nothing.
synthetic() { # LOG ADDRESS
    sed -n "s/^dualbind .* shown \[$2\] as \([0-9.]*\)\$/\1/p" "$1" | sort -u
}

in_pool() { # ADDRESS
    case $1 in 24[0-9].*.*.* | 25[0-5].*.*.*) ;; *) return 1 ;; esac
}

# A test of its own: fails too if nothing was shown, or nothing logged.
stands_for_node() { # PEER NAME
    mapped=$(synthetic "$SHIM_LOG" "$NODE_IP6")
    is "$1" "${mapped:-what the log says: nothing about $NODE_IP6}" "$2"
    ok "$2: in the pool" in_pool "$1"
}

# ---- what every server must do -------------------------------------------

# The peer's address as the server tells it. HTTP: the body of the answer.
ask() { # HOST PORT
    get "$@"
}

pod_ask() { # HOST PORT
    pod_get "$@"
}

many() { # HOST N PORT
    sequential "$@"
}

throng() { # HOST M PORT
    crowd "$@"
}

BATTERY_SEQUENTIAL=200
BATTERY_CROWD=50

# Without the shim: unreachable over IPv6, and how it stops. With the shim:
# reachable, the right peer address from everywhere, many and concurrent
# connections, the same stop, the port free at once. With both families it is
# IPv4 that must not suffer.
battery() { # PORT COMMAND...
    battery_port=$1
    [ "$POD_FORM" != ipv6 ] || battery_control "$@"
    ok "starts with the shim" serve "$@" || return 0
    is "$(listeners "$battery_port" | uniq)" ":: inet6 v6only=0" "listens for both families"
    battery_peers "$battery_port"
    is "$(many "$POD_IP6" "$BATTERY_SEQUENTIAL" "$battery_port")" "$BATTERY_SEQUENTIAL" \
        "$BATTERY_SEQUENTIAL connections over IPv6"
    is "$(throng "$POD_IP6" "$BATTERY_CROWD" "$battery_port")" "$BATTERY_CROWD" \
        "$BATTERY_CROWD at once over IPv6"
    if [ -n "$POD_IP4" ]; then
        is "$(many "$POD_IP4" "$BATTERY_SEQUENTIAL" "$battery_port")" "$BATTERY_SEQUENTIAL" \
            "$BATTERY_SEQUENTIAL connections over IPv4"
        is "$(throng "$POD_IP4" "$BATTERY_CROWD" "$battery_port")" "$BATTERY_CROWD" \
            "$BATTERY_CROWD at once over IPv4"
    fi
    stop
    [ "$POD_FORM" != ipv6 ] || is "$STOP_STATUS" "$control_status" "stops as without the shim"
    ok "starts again on the same port at once" serve "$@" || return 0
    ok "answers again over IPv6" quietly ask "$POD_IP6" "$battery_port"
    stop
}

quietly() { # COMMAND...
    "$@" >/dev/null
}

battery_control() { # PORT COMMAND...
    ok "starts without the shim" serve_plain "$@"
    ok "without the shim: answers inside the pod over IPv4" quietly pod_ask 127.0.0.1 "$1"
    ok "without the shim: refused over IPv6" refused "$POD_IP6" "$1"
    is "$(listeners "$1" | uniq)" "0.0.0.0 inet" "without the shim: listens for IPv4 only"
    stop
    control_status=$STOP_STATUS
}

battery_peers() { # PORT
    stands_for_node "$(ask "$POD_IP6" "$1")" "an IPv6 client is shown as the log says"
    is "$(pod_ask ::1 "$1")" 127.0.0.1 "::1 is shown as 127.0.0.1"
    is "$(pod_ask 127.0.0.1 "$1")" 127.0.0.1 "127.0.0.1 is shown as itself"
    [ -z "$POD_IP4" ] || is "$(ask "$POD_IP4" "$1")" "$NODE_IP4" "an IPv4 client is shown as itself"
}
