# SPDX-License-Identifier: MIT
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
#                              (WAIT_TRIES: how often, 20 in a second)
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

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$ROOT/tests/e2e/tap.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$ROOT/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=clients.sh
. "$ROOT/tests/e2e/clients.sh"
# shellcheck source-path=SCRIPTDIR source=battery.sh
. "$ROOT/tests/e2e/battery.sh"

# ---- the pod -----------------------------------------------------------

FORM_SECONDS=240 # everything is bounded one by one; this bounds what isn't

# Outside a pod: runs this file again in a pod of each form, adds up, and
# exits. Inside: returns, so that the file goes on. POD_FORM alone would not
# tell the two apart, since a test may be run from within a pod.
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

# Polls: twenty times a second, for ten seconds at most, or WAIT_TRIES times.
wait_for() { # COMMAND...
    wait_tries=0
    until "$@"; do
        wait_tries=$((wait_tries + 1))
        [ "$wait_tries" -lt "${WAIT_TRIES:-200}" ] || return 1
        sleep 0.05
    done
}

