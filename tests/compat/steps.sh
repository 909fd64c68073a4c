# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The steps of a row: natively and with the shim, in each form of the pod, and
# in the default configuration. Read by compat.sh, whose row() calls in_ipv6,
# in_dual and default_configuration.
# shellcheck disable=SC2034 # variables that compat.sh reads

works() { # HOST node|pod
    PLACE=$2
    work "$1" >"$DIR/work.out" 2>>"$DIR/client.log"
}

# Readiness is asked from the pod, whose loopback reaches every listener. A
# server that ends, or is not ready in time, is not waited for any longer.
ready_or_dead() {
    PLACE=pod
    dead "$SERVER_PID" || ready 127.0.0.1 || ready ::1
} >/dev/null 2>>"$DIR/client.log"

up() { # plain|MECHANISM RULE CONFIGURATION
    HOW=$1 ALLOW=$2
    if "$3" && ready_in_time && alive "$SERVER_PID"; then return; fi
    start_failed
    down
    return 1
}

ready_in_time() {
    up_until=$(($(date +%s) + START_SECONDS))
    until ready_or_dead; do
        [ "$(date +%s)" -lt "$up_until" ] || return 1
        sleep 0.05
    done
}

# The threads of one that had to be killed may hold its listener a moment longer,
# which the next start would take for its own.
down() {
    stop_with "$STOP_SIGNAL" "$SERVER_PID"
    wait_for unheld
}

unheld() {
    ! listening "$PORT"
}

shown() { # NAME HOST EXPECTED
    [ -z "$NOT_TOLD" ] || return 0
    shown_column=$COLUMN COLUMN=peer PLACE=node
    is "$(peer "$2" 2>>"$DIR/client.log")" "$3" "$1"
    COLUMN=$shown_column
}

unreachable() { # HOST
    ! works "$1" node && nobody_at "$1" "$PORT"
}

node4_shown() {
    echo "${RING:+::ffff:}$NODE_IP4"
}

node_shown() {
    case $MECHANISM,${SHIM_ENV:-},$RING in
    supervise,* | auto,* | *PEERS=native*,* | *,1) echo "$NODE_IP6" ;;
    *) synthetic "$SHIM_LOG" "$NODE_IP6" | grep . || echo "what the shim's log says: nothing about $NODE_IP6" ;;
    esac
}

# Lines of trouble in the log, with numbers and addresses taken out.
troubles() {
    cat "$LOG" ${LOG_FILE:+"$LOG_FILE"} | log_filter | grep -aiE "$TROUBLE" | sed -E '
        s/[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f.:]*/A/g
        s/([0-9]{1,3}\.){3}[0-9]{1,3}/A/g
        s/\[A\]/A/g
        s/0x[0-9a-f]+|[0-9a-f]{8,}/N/g
        s/[0-9]+/N/g' | LC_ALL=C sort -u
}

no_new_trouble() { # FILE
    troubles >"$1.shim"
    ! LC_ALL=C comm -13 "$1" "$1.shim" | sed 's/^/# /' | grep .
}

in_ipv6() {
    COLUMN=control
    ok "starts without the shim" up plain '' ipv4_only || return 0
    ok "without the shim: works inside the pod over IPv4" works 127.0.0.1 pod
    ok "without the shim: cannot be reached over IPv6" unreachable "$POD_IP6"
    down
    native_stop=$STOP_STATUS COLUMN=ipv6
    ok "starts with the shim" up "$MECHANISM" "$RULE" ipv4_only || return 0
    ok "works over IPv6" works "$POD_IP6" node
    ok "works inside the pod over ::1" works ::1 pod
    shown "the peer over IPv6" "$POD_IP6" "$(node_shown)"
    COLUMN=ipv4
    ok "works inside the pod over 127.0.0.1" works 127.0.0.1 pod
    COLUMN=restart
    down
    is "$STOP_STATUS" "$native_stop" "stops as without the shim"
    ok "starts again at once" up "$MECHANISM" "$RULE" ipv4_only
    ok "works again over IPv6" works "$POD_IP6" node
    down
}

in_dual() {
    COLUMN=control
    ok "starts without the shim" up plain '' ipv4_only || return 0
    if [ -n "$PROMOTED" ]; then
        ok "without the shim: cannot be reached over IPv4" unreachable "$POD_IP4"
        ok "without the shim: works inside the pod" works 127.0.0.1 pod
    else
        ok "without the shim: works over IPv4" works "$POD_IP4" node
        shown "without the shim: the peer over IPv4" "$POD_IP4" "$NODE_IP4"
        load_natively
    fi
    down
    troubles >"$DIR/native-troubles"
    COLUMN=ipv4
    ok "starts with the shim" up "$MECHANISM" "$RULE" ipv4_only || return 0
    ok "works over IPv4" works "$POD_IP4" node
    shown "the peer over IPv4" "$POD_IP4" "$(node4_shown)"
    COLUMN=ipv6
    ok "works over IPv6" works "$POD_IP6" node
    shown "the peer over IPv6" "$POD_IP6" "$(node_shown)"
    [ -n "$NOT_TOLD" ] || case $(node_shown) in
    "$NODE_IP6") record PEER "real${RING:+, IPv4 as ::ffff:}" ;;
    *) record PEER synthetic ;;
    esac
    load_both
    COLUMN=restart
    down
    COLUMN=log
    ok "nothing new in its log" no_new_trouble "$DIR/native-troubles"
    ok "nothing but conversions in the shim's log" no_trouble
    COLUMN=restart
    ok "starts again at once" up "$MECHANISM" "$RULE" ipv4_only
    ok "works again over IPv4" works "$POD_IP4" node
    down
}

# ---- a server that the library leaves as it is --------------------------------

reached_natively() {
    works 127.0.0.1 pod && { [ "$POD_FORM" != dual ] || works "$POD_IP4" node; }
}

left_native() {
    COLUMN=control
    ok "starts without the shim" up plain '' ipv4_only || return 0
    ok "without the shim: works over IPv4" reached_natively
    down
    native_stop=$STOP_STATUS COLUMN=ipv4
    troubles >"$DIR/native-troubles"
    ok "starts with the shim" up "$MECHANISM" "$RULE" ipv4_only || return 0
    ok "works over IPv4" reached_natively
    [ "$POD_FORM" != dual ] || shown "the peer over IPv4" "$POD_IP4" "$NODE_IP4"
    COLUMN=ipv6
    ok "cannot be reached over IPv6, as without the shim" unreachable "$POD_IP6"
    COLUMN=restart
    down
    is "$STOP_STATUS" "$native_stop" "stops as without the shim"
    COLUMN=log
    ok "nothing new in its log" no_new_trouble "$DIR/native-troubles"
    ok "the shim's log says that it is left" grep -qE "$LEFT" "$SHIM_LOG"
    COLUMN=restart
    ok "starts again at once" up "$MECHANISM" "$RULE" ipv4_only
    ok "works again over IPv4" reached_natively
    down
}

# ---- the default configuration ---------------------------------------------

observed() {
    for observed_place in node pod; do
        for observed_host in $(hosts "$observed_place"); do
            answer=nobody
            if works "$observed_host" "$observed_place"; then
                answer=works
                [ -n "$NOT_TOLD" ] || answer="works, shows $(peer "$observed_host")"
            fi
            echo "$observed_host asked from the $observed_place: $answer"
        done
    done
    down
    echo "stops with $STOP_STATUS"
}

kind_of_default() {
    case $(listeners "$PORT" | cut -d ' ' -f 1,3 | sort -u | tr '\n' ' ') in
    *':: v6only=0'* | *0.0.0.0*::* | *::*0.0.0.0*) echo dual ;;
    *0.0.0.0*) echo 'IPv4 only' ;;
    *::' '*) echo 'IPv6 only' ;;
    *) echo loopback ;;
    esac
}

# What was dual, or on loopback, stays as it is; what was IPv4 only is now
# reached over IPv6 besides, and that is the only difference.
expected_with_rules() { # KIND
    if [ "$1" = 'IPv4 only' ]; then
        sed -e "s/^\($POD_IP6 asked.*: \)nobody/\1works${peer6:+, shows $peer6}/" \
            -e "s/^\(::1 asked.*: \)nobody/\1works${loopback6:+, shows $loopback6}/" "$DIR/native"
    else
        cat "$DIR/native"
    fi
}

default_configuration() {
    COLUMN=default rules='*'
    [ "$PROTOCOL" = tcp ] || rules='*/any'
    ok "default: starts without the shim" up plain '' by_default || return 0
    kind=$(kind_of_default)
    observed >"$DIR/native"
    troubles >"$DIR/default-troubles"
    ok "default: works without the shim" grep -q works "$DIR/native"
    ok "default: starts with $rules" up "$MECHANISM" "$rules" by_default || return 0
    observed >"$DIR/shimmed"
    peer6='' loopback6=''
    if [ -z "$NOT_TOLD" ]; then
        peer6=$(node_shown) loopback6=127.0.0.1
        [ "$peer6" != "$NODE_IP6" ] || loopback6=::1
    fi
    expected_with_rules "$kind" >"$DIR/expected"
    ok "default: as without the shim" same "$DIR/expected" "$DIR/shimmed"
    ok "default: nothing new in its log" no_new_trouble "$DIR/default-troubles"
    case $kind in
    'IPv4 only') record DEFAULT 'IPv4 only, gains IPv6' ;;
    *) record DEFAULT "$kind, unchanged" ;;
    esac
}
