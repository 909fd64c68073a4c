# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Helpers for programs that serve IPv4 and IPv6 by themselves: with the shim
# everything must be as without it. Read after lib.sh. A test defines
#
#   ask HOST PORT       from the node: the peer's address as the server tells
#   pod_ask HOST PORT   the same from inside the pod
#       (both as in lib.sh, where they mean HTTP)
#   said                what the server's LOG says that a user would look for;
#                       numbers are taken out afterwards
#   HOSTS               which hosts ask, from outside first: "node" and "pod"
#
# and then calls
#   as_native NAME PORT N COMMAND...
#                       runs COMMAND without the shim and with it, under each
#                       of the rule sets; N is the number of its listeners
#   fails_as_native NAME PORT COMMAND...
#                       the same for a command that ends by itself
#   each_rules COMMAND...
#                       runs COMMAND with ALLOW set to one rule set at a time
#   observe PORT N      what a user sees of the running server, in lines
#   same NATIVE SHIMMED shows where two records differ
#   no_trouble          nothing in SHIM_LOG but what the shim means to do

ANY_RULES='*'
HARSH_RULES='*/any [::]:* 127.0.0.1:*'

each_rules() { # COMMAND...
    for ALLOW in "$ANY_RULES" "$HARSH_RULES"; do "$@"; done
    unset ALLOW
}

same() { # NATIVE SHIMMED
    diff "$1" "$2" >"$DIR/diff" && return
    sed -n '41q; s/^/# /p' "$DIR/diff"
    return 1
}

no_trouble() {
    ! grep -v -e ' converted ' -e ' yielded ' -e ' kept ' -e ' shown ' "$SHIM_LOG" | sed 's/^/# /' | grep .
}

# Address, backlog and V6ONLY, one line for each listener.
sockets() { # PORT
    in_pod ss -Hltne "sport = :$1" | awk '
        { print $4, "backlog=" $3, match($0, /v6only:[01]/) ? substr($0, RSTART, RLENGTH) : "inet" }' | sort
}

has_listeners() { # PORT N
    [ "$(sockets "$1" | wc -l)" -ge "$2" ]
}

# A server may listen before it is ready to answer, but not for ever.
wait_for_answer() { # node|pod HOST PORT
    until answer=$("$1_asks" "$2" "$3") && [ -n "$answer" ]; do
        [ "$(date +%s)" -lt "$deadline" ] || return
        sleep 0.05
    done
}

node_asks() {
    ask "$@"
}

pod_asks() {
    pod_ask "$@"
}

hosts() { # node: the pod's addresses; pod: the loopback ones
    case $1 in node) echo "$POD_IP4 $POD_IP6" ;; pod) echo "127.0.0.1 ::1" ;; esac
}

observe() { # PORT N
    deadline=$(($(date +%s) + 10))
    wait_for has_listeners "$@" || echo "fewer than $2 listeners"
    sockets "$1"
    for place in ${HOSTS:-node pod}; do
        for host in $(hosts "$place"); do
            wait_for_answer "$place" "$host" "$1"
            echo "$host asked from the $place shows: $answer"
        done
    done
}

said() {
    grep -iE 'warn|error|fail|emerg|alert|crit|bind|listen' "$LOG"
}

said_without_numbers() {
    said | sed 's/[0-9][0-9]*/N/g' | sort -u
}

# Two starts, the second at once after the first, with connections in between.
record() { # try_plain|try_serve PORT N COMMAND...
    record_how=$1 record_port=$2 record_listeners=$3
    shift 3
    for round in first second; do
        echo "$round start"
        "$record_how" "$record_port" "$@" || echo "does not start"
        observe "$record_port" "$record_listeners"
        stop
        echo "stops with $STOP_STATUS"
        said_without_numbers
    done
}

# Otherwise two records without a single answer would be equal.
is_dual_natively() { # NAME
    for place in ${HOSTS:-node pod}; do
        case $place in node) own="$NODE_IP4 $NODE_IP6" ;; pod) own='127.0.0.1 ::1' ;; esac
        for host in $own; do
            is "$(grep -c "the $place shows: $host\$" "$DIR/native")" 2 "$1: without the shim: sees $host"
        done
    done
}

as_native() { # NAME PORT N COMMAND...
    dual_name=$1
    shift
    record try_plain "$@" >"$DIR/native"
    is_dual_natively "$dual_name"
    each_rules as_recorded record try_serve "$@"
}

as_recorded() { # COMMAND...
    "$@" >"$DIR/shimmed"
    ok "$dual_name: $ALLOW: as without the shim" same "$DIR/native" "$DIR/shimmed"
    ok "$dual_name: $ALLOW: no trouble" no_trouble
}

record_failure() { # try_plain|try_serve PORT COMMAND...
    "$@"
    wait_for dead "$SERVER_PID" || echo "still runs"
    stop
    echo "ends with $STOP_STATUS"
    said_without_numbers
}

fails_as_native() { # NAME PORT COMMAND...
    dual_name=$1
    shift
    record_failure try_plain "$@" >"$DIR/native"
    ok "$dual_name: fails without the shim" grep -qE '^ends with [1-9]' "$DIR/native"
    each_rules as_recorded record_failure try_serve "$@"
}
