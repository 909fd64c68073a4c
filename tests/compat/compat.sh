# shellcheck shell=sh
# A row of the compatibility matrix: a real server, run as its users run it,
# and asked by a real client of its protocol. A row is a file like this:
#
#     #!/bin/sh
#     # redis, bound to 0.0.0.0 as many images do.
#     # shellcheck source-path=SCRIPTDIR source=compat.sh
#     . "$(dirname "$0")/compat.sh"
#     TITLE=Redis FAMILY='Data stores' PORT=6379
#     PACKAGES='apt:redis-server apt:redis-tools'
#     version() { redis-server --version | grep -o 'v=[^ ]*' | cut -c 3-; }
#     ipv4_only() { launch redis-server --bind 0.0.0.0 --protected-mode no --save ''; }
#     by_default() { launch redis-server --save ''; }
#     work() { client redis-cli -h "$1" SET key "value for $1" | grep -q OK; }
#     peer() { client redis-cli -h "$1" CLIENT INFO | grep -o ' addr=[^ ]*' | address; }
#     row
#
# It runs by itself, under prove, and by `make compat`, and prints TAP; what it
# finds it also writes to build/compat/NAME.result, from which tests/compat/table
# makes docs/COMPATIBILITY.md. All of tests/e2e/lib.sh is there to use.
#
# variables
#   TITLE FAMILY PORT   the server's name, its section in the table, its port
#   PACKAGES            what is fetched first (install.sh): apt:NAME pip:NAME==VERSION
#                       deb:NAME (Debian's, only unpacked in $DEBS: it conflicts with others)
#                       npm:NAME@VERSION go:PATH@VERSION maven:GROUP:ARTIFACT:VERSION
#                       tree:GROUP:ARTIFACT:VERSION (from Maven too, with all that it needs)
#   PROTOCOL            tcp (default) or udp: what PORT is
#   RULE                the rule (default: PORT, with /udp where that is the protocol)
#   MECHANISM           preload (default), supervise or both
#   PROMOTED=1          ipv4_only listens on 127.0.0.1, and RULE promotes it
#   KEPT                another row whose packages (the same) are used
#   UNAVAILABLE         why the server cannot be had: the row is listed as such
#   NOTES               a remark for the table
#   QUICK=1             also in `make check`: Debian's packages only, few seconds
#   NEVER_IPV4_ONLY     why the server has no IPv4-only form: it has no ipv4_only
#   NO_DEFAULT          why its default configuration is not run: it has no by_default
#   NOT_TOLD            why there is no peer(): to whom it tells no client's address
#   LOG_FILE            a file in $DIR that it logs to, besides its output
#   START_SECONDS (20) CLIENT_SECONDS (10) FORM_SECONDS (240)
#   STOP_SIGNAL (TERM)
# functions of the row
#   version             prints the version
#   build               after PACKAGES were fetched, outside of the pods: makes what is
#                       missing in $BUILD
#   prepare             once in each form, before the first start: data, configuration
#   ipv4_only           launches it in the foreground on 0.0.0.0
#   by_default          launches it with the listeners of its default configuration
#   work HOST           a client does real work; fails if that fails
#   peer HOST           prints the client's address as the server tells or logs it
#   ready HOST          whether it may be asked (default: work HOST)
#   log_filter          takes lines out of the log that differ by chance, and says why
# for their use
#   launch COMMAND...   starts the server, with the shim or without
#   client COMMAND...   a client's command, at the node or in the pod, within
#                       CLIENT_SECONDS
#   http HOST PATH [CURL'S...]   a request to PORT; fails unless the status is 2xx
#   address             the last IP address on the input, without port and brackets
#   as_user COMMAND...  launch, as nobody where the caller is root ($DIR is nobody's)
#   BUILD               build/compat, for what is kept; VENV, NPM, JARS, GOBIN, DEBS in it

# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/udp.sh
. "$ROOT/tests/e2e/udp.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/dual-lib.sh
. "$ROOT/tests/e2e/dual-lib.sh"
# shellcheck source-path=SCRIPTDIR source=install.sh
. "$ROOT/tests/compat/install.sh"

NAME=$(basename "$0" .t)
BUILD=$ROOT/build/compat
RESULT=$BUILD/$NAME.result
MECHANISM=preload START_SECONDS=20 CLIENT_SECONDS=10 STOP_SIGNAL=TERM
PROMOTED='' UNAVAILABLE='' PACKAGES='' LOG_FILE='' QUICK='' NOTES='' NEVER_IPV4_ONLY='' NO_DEFAULT='' NOT_TOLD='' RULE=''
TROUBLE='warn|error|fail|crit|emerg|alert|fatal|exception|traceback|refused|invalid|unsupported|not supported'

# ---- what a row may define anew -------------------------------------------

build() {
    :
}

prepare() {
    :
}

ready() {
    work "$1"
}

log_filter() {
    cat
}

# ---- for rows -------------------------------------------------------------

launch() { # COMMAND...
    [ -z "$LOG_FILE" ] || : >"$LOG_FILE"
    WAIT_TRIES=$((START_SECONDS * 20))
    case $HOW in
    plain) start plain "$PORT" "$@" ;;
    preload) start shim "$PORT" "$@" ;;
    *) start_supervised "$PORT" "$@" ;;
    esac
}

as_user() { # COMMAND...
    if [ "$(id -u)" = 0 ]; then
        chown -R nobody:nogroup "$DIR"
        set -- setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$DIR" "$@"
    fi
    launch "$@"
}

client() { # COMMAND...
    [ "$PLACE" = node ] || set -- "$ROOT/scripts/pod" exec "$@"
    timeout --kill-after=5 "$CLIENT_SECONDS" "$@" 2>>"$DIR/client.log"
}

http() { # HOST PATH [CURL'S...]
    http_url=http://$(at "$1"):$PORT$2
    shift 2
    client curl --silent --show-error --fail --noproxy '*' "$@" "$http_url"
}

address() {
    grep -oE '([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F]*' | tail -n 1
}

# ---- what is found --------------------------------------------------------

record() { # KEY VALUE
    printf '%s %s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ')" >>"$RESULT"
}

# As in tap.sh, and kept for the table, under the column it belongs to.
fail() { # NAME
    result 'not ok' "$1"
    : >"$E2E_DIR/failed"
    : >"$DIR/failed"
    record failed "${COLUMN:-start} ${POD_FORM:-}: $1"
    return 1
}

row() {
    case $PROTOCOL in udp) RULE=${RULE:-$PORT/udp} ;; *) RULE=${RULE:-$PORT} ;; esac
    if [ -z "${E2E_INSIDE:-}" ]; then
        mkdir -p "$BUILD"
        : >"$RESULT"
        record TITLE "$TITLE"
        record FAMILY "$FAMILY"
        record NOTES "$NOTES${QUICK:+${NOTES:+. }Also in \`make check\`}"
        if [ -n "$NEVER_IPV4_ONLY" ]; then record MECHANISM 'not needed'; else record MECHANISM "$MECHANISM${PROMOTED:+, promoted}"; fi
        record RULE "$RULE"
        record DATE "$(date +%Y-%m-%d)"
        [ -z "$NOT_TOLD" ] || record PEER "not told: $NOT_TOLD"
        [ -z "$NO_DEFAULT" ] || record DEFAULT "not run: $NO_DEFAULT"
        install_packages || { record MISSING "$why_not"; skip_all "not installed: $why_not"; }
        record VERSION "$(version 2>&1 | head -n 1)"
    else
        paths
    fi
    forms ipv6 dual
    # shellcheck source-path=SCRIPTDIR source=../e2e/supervise.sh
    [ "$MECHANISM" = preload ] || MODE=$MECHANISM . "$ROOT/tests/e2e/supervise.sh"
    prepare || fail "prepares"
    if [ -z "$NEVER_IPV4_ONLY" ]; then "in_$POD_FORM"; fi
    [ "$POD_FORM" != dual ] || [ -n "$NO_DEFAULT" ] || default_configuration
    record RAN "$POD_FORM"
    done_testing
}

# ---- steps ----------------------------------------------------------------

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

down() {
    stop_with "$STOP_SIGNAL" "$SERVER_PID"
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

node_shown() {
    case $MECHANISM,${SHIM_ENV:-} in
    supervise,* | *PEERS=native*) echo "$NODE_IP6" ;;
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
    fi
    down
    troubles >"$DIR/native-troubles"
    COLUMN=ipv4
    ok "starts with the shim" up "$MECHANISM" "$RULE" ipv4_only || return 0
    ok "works over IPv4" works "$POD_IP4" node
    shown "the peer over IPv4" "$POD_IP4" "$NODE_IP4"
    COLUMN=ipv6
    ok "works over IPv6" works "$POD_IP6" node
    shown "the peer over IPv6" "$POD_IP6" "$(node_shown)"
    [ -n "$NOT_TOLD" ] || case $(node_shown) in
    "$NODE_IP6") record PEER real ;;
    *) record PEER synthetic ;;
    esac
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
