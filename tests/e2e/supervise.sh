# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Helpers for tests of the supervisor. To be read after lib.sh: serve then
# starts the server under it, without the library, and nobody presents
# addresses to it, so that it names an IPv6 client as it is.

SUPERVISE="$ROOT/build/dualbind run --mode ${MODE:-supervise} --" # words

need_go() { # PROGRAM
    [ -e "$1" ] || skip_all "the servers in Go are not built (Debian: golang-go)"
}

# Run COMMAND in the foreground under the supervisor, in the pod.
supervised() { # COMMAND...
    # shellcheck disable=SC2086 # words
    in_pod env DUALBIND_ALLOW="${ALLOW-*}" DUALBIND_LOG="${LEVEL-info}:$DIR/supervisor.log" \
        ${BEFORE:-} $SUPERVISE "$@"
}

start_supervised() { # PORT COMMAND...
    supervised_port=$1
    shift
    : >"$DIR/supervisor.log"
    chmod 666 "$DIR/supervisor.log"
    # shellcheck disable=SC2086 # words
    start plain "$supervised_port" env DUALBIND_ALLOW="${ALLOW-$supervised_port}" \
        DUALBIND_LOG="info:$DIR/supervisor.log" ${SHIM_ENV:-} ${BEFORE:-} $SUPERVISE "$@"
    started=$?
    # shellcheck disable=SC2034 # read by start_failed
    SHIM_LOG=$DIR/supervisor.log
    return "$started"
}

serve() {
    start_supervised "$@" || start_failed
}

battery_peers() { # PORT
    # shellcheck disable=SC2153 # from scripts/pod
    is "$(ask "$POD_IP6" "$1")" "$NODE_IP6" "an IPv6 client is shown as it is"
    is "$(pod_ask ::1 "$1")" "$LOOPBACK6" "::1 is shown as it is"
    is "$(pod_ask 127.0.0.1 "$1")" 127.0.0.1 "127.0.0.1 is shown as itself"
    [ -z "$POD_IP4" ] || is "$(ask "$POD_IP4" "$1")" "$NODE_IP4" "an IPv4 client is shown as itself"
}
LOOPBACK6=::1

# Whether a line of the supervisor's log matches.
logged() { # PATTERN
    grep -q "$1" "$DIR/supervisor.log"
}
