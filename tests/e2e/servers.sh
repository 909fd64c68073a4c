# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Servers in the pod: started with the shim or without, watched, ended. Read by
# lib.sh, which says how to use it.

# A zombie is not alive, although it can be signalled. False for a process
# that has ended, whether or not its parent has waited for it.
alive() { # PID
    read -r proc_stat 2>/dev/null <"/proc/$1/stat" || return 1
    case ${proc_stat##*) } in Z* | X*) return 1 ;; esac
}

dead() {
    ! alive "$1"
}

PROTOCOL=tcp # or udp: what start waits for and allows, and listeners lists

# A TCP socket that listens, a UDP socket that is not connected.
listening() { # PORT
    hex=$(printf '%04X' "$1")
    state=0A
    [ "$PROTOCOL" = tcp ] || state=07
    grep -qs " [0-9A-F]*:$hex [0-9A-F]*:0000 $state " \
        "/proc/$POD_PID/net/$PROTOCOL" "/proc/$POD_PID/net/${PROTOCOL}6"
}

listening_or_dead() { # PORT PID
    listening "$1" || dead "$2"
}

# Each server gets a session of its own, so that its children end with it,
# and INT, which a shell makes its background commands ignore.
start() { # shim|plain PORT COMMAND...
    start_mode=$1 start_port=$2 start_rule=$2
    [ "$PROTOCOL" = tcp ] || start_rule=$2/$PROTOCOL
    shift 2
    run_no=$((run_no + 1))
    LOG=$DIR/$run_no.$start_mode.log SHIM_LOG=$DIR/$run_no.shim-info.log
    : >"$SHIM_LOG"
    chmod 666 "$SHIM_LOG"
    if [ "$start_mode" = shim ]; then
        # shellcheck disable=SC2086 # words
        set -- LD_PRELOAD="$LIB" DUALBIND_ALLOW="${ALLOW-$start_rule}" \
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
# its number may soon belong to another one. A group of nothing but zombies
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

# Threads, too: the first one of a process may have ended, and others still hold its sockets.
no_runner_in() { # GROUP
    ! pgrep -w -g "$1" -r D,R,S,T >/dev/null
}

end_servers() {
    for pid in ${servers:-}; do kill -s KILL -- "-$pid"; done 2>/dev/null
}

