# SPDX-License-Identifier: MIT
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
# makes docs/COMPATIBILITY.md. All of tests/e2e/lib.sh is there to use. Its
# steps are in steps.sh, loads in load.sh, and how packages are fetched in install.sh.
#
# variables
#   TITLE FAMILY PORT   the server's name, its section in the table, its port
#   PACKAGES            what is fetched first (install.sh): apt:NAME pip:NAME==VERSION
#                       deb:NAME (Debian's, only unpacked in $DEBS: it conflicts with others)
#                       npm:NAME@VERSION go:PATH@VERSION maven:GROUP:ARTIFACT:VERSION
#                       tree:GROUP:ARTIFACT:VERSION (from Maven too, with all that it needs)
#   PROTOCOL            tcp (default) or udp: what PORT is
#   RULE                the rule (default: PORT, with /udp where that is the protocol)
#   MECHANISM           preload (default), or a --mode: supervise, both, auto (which is to see what it needs)
#   PROMOTED=1          ipv4_only listens on 127.0.0.1, and RULE promotes it
#   KEPT                another row whose packages (the same) are used
#   PIP_OPTIONS         more options of pip's (words)
#   UNAVAILABLE         why the server cannot be had: the row is listed as such
#   NOTES               a remark for the table
#   RING=1              an io_uring tells it the names, past the shim: an IPv4 client is
#                       ::ffff:a.b.c.d, an IPv6 client has its real address
#   LEFT                the library leaves it as it is: what its log says of that (an
#                       extended regular expression)
#   QUICK=1             also in `make check`: Debian's packages only, few seconds
#   NEVER_IPV4_ONLY     why the server has no IPv4-only form: it has no ipv4_only
#   NO_DEFAULT          why its default configuration is not run: it has no by_default
#   NOT_TOLD            why there is no peer(): it does not tell the client's address
#   LOAD                what load asks, in words, for the table
#   LOG_FILE            a file in $DIR that it logs to, besides its output
#   START_SECONDS (20) CLIENT_SECONDS (10) FORM_SECONDS (240)
#   STOP_SIGNAL (TERM)
# functions of the row
#   version             prints the version (default: that of the first that pip fetches)
#   build               after PACKAGES were fetched, outside of the pods: makes what is
#                       missing in $BUILD
#   prepare             once in each form, before the first start: data, configuration
#   ipv4_only           launches it in the foreground on 0.0.0.0
#   by_default          launches it with the listeners of its default configuration
#   work HOST           a client does real work; fails if that fails
#   peer HOST           prints the client's address as the server tells or logs it
#   load HOST           asks much at once, and says last "N asked, W wrong" (load.sh; only
#                       with LOAD)
#   ready HOST          whether it may be asked (default: work HOST)
#   log_filter          takes lines out of the log that differ by chance, and says why
# for their use
#   launch COMMAND...   starts the server, with the shim or without
#   client COMMAND...   a client's command, at the node or in the pod, within
#                       CLIENT_SECONDS
#   by_curl CURL'S...   the same of curl
#   http HOST PATH [CURL'S...]   a request to PORT; fails unless the status is 2xx
#   filled FILE [NAME=VALUE...]  prints apps/FILE with the values for @NAME@, and with
#                       those of DIR and PORT
#   address             the last IP address on the input, without port and brackets
#   as_user COMMAND...  launch, as nobody where the caller is root ($DIR is nobody's)
#   as_nobody env COMMAND...     the same without the shim, in place
#   BUILD               build/compat, for what is kept; VENV, NPM, JARS, GOBIN, DEBS in it

# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/udp.sh
. "$ROOT/tests/e2e/udp.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/dual-lib.sh
. "$ROOT/tests/e2e/dual-lib.sh"
# shellcheck source-path=SCRIPTDIR source=install.sh
. "$ROOT/tests/compat/install.sh"
# shellcheck source-path=SCRIPTDIR source=load.sh
. "$ROOT/tests/compat/load.sh"
# shellcheck source-path=SCRIPTDIR source=steps.sh
. "$ROOT/tests/compat/steps.sh"

NAME=$(basename "$0" .t)
BUILD=$ROOT/build/compat
RESULT=$BUILD/$NAME.result
MECHANISM=preload START_SECONDS=20 CLIENT_SECONDS=10 STOP_SIGNAL=TERM
RING='' LEFT='' LOAD='' PROMOTED='' UNAVAILABLE='' PACKAGES='' LOG_FILE='' QUICK='' NOTES='' NEVER_IPV4_ONLY='' NO_DEFAULT='' NOT_TOLD='' RULE='' PIP_OPTIONS=''
TROUBLE='warn|error|fail|crit|emerg|alert|fatal|exception|traceback|refused|invalid|unsupported|not supported'

# ---- what a row may define anew -------------------------------------------

version() {
    "$VENV/bin/python" -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' \
        "$(packages_of pip | sed 's/[=[].*//; q')"
}

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

as_nobody() { # LAUNCHER COMMAND...
    if [ "$(id -u)" = 0 ]; then
        chown -R nobody:nogroup "$DIR"
        as_launcher=$1
        shift
        set -- "$as_launcher" setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$DIR" "$@"
    fi
    "$@"
}

as_user() { # COMMAND...
    as_nobody launch "$@"
}

filled() { # FILE NAME=VALUE...
    filled_by="s|@DIR@|$DIR|g; s|@PORT@|$PORT|g" filled_file=$ROOT/tests/compat/apps/$1
    shift
    for filled_in in "$@"; do filled_by="$filled_by; s|@${filled_in%%=*}@|${filled_in#*=}|g"; done
    sed "$filled_by" "$filled_file"
}

client() { # COMMAND...
    [ "$PLACE" = node ] || set -- "$ROOT/scripts/pod" exec "$@"
    timeout --kill-after=5 "$CLIENT_SECONDS" "$@" 2>>"$DIR/client.log"
}

by_curl() { # CURL'S...
    client curl --silent --show-error --noproxy '*' "$@"
}

http() { # HOST PATH [CURL'S...]
    http_url=http://$(at "$1"):$PORT$2
    shift 2
    by_curl --fail "$@" "$http_url"
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
        case ${NEVER_IPV4_ONLY:+needless}${LEFT:+left} in
        needless) record MECHANISM 'not needed' ;;
        left) record MECHANISM 'left native' ;;
        *) record MECHANISM "$MECHANISM${PROMOTED:+, promoted}" ;;
        esac
        record RULE "$RULE"
        record DATE "$(date +%Y-%m-%d)"
        [ -z "$NOT_TOLD" ] || record PEER "not told: $NOT_TOLD"
        [ -z "$NO_DEFAULT" ] || record DEFAULT "not run: $NO_DEFAULT"
        install_packages || { record MISSING "$why_not"; skip_all "not installed: $why_not"; }
        record VERSION "$(version 2>/dev/null | head -n 1)"
    else
        paths
    fi
    [ -z "$LOAD" ] || FORM_SECONDS=600
    forms ipv6 dual
    # shellcheck source-path=SCRIPTDIR source=../e2e/supervise.sh
    [ "$MECHANISM" = preload ] || MODE=$MECHANISM . "$ROOT/tests/e2e/supervise.sh"
    prepare || fail "prepares"
    if [ -n "$LEFT" ]; then left_native; elif [ -z "$NEVER_IPV4_ONLY" ]; then "in_$POD_FORM"; fi
    [ "$POD_FORM" != dual ] || [ -n "$NO_DEFAULT" ] || default_configuration
    record RAN "$POD_FORM"
    done_testing
}
