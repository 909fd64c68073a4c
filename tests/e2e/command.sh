# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2034 # for the tests
# For tests of the command on real sockets of every kind, in a pod. Read by command-ps.t and
# command-checkpid.t, after lib.sh.
DUALBIND=$ROOT/build/dualbind
SOCKETS=$APPS/command-sockets.py

# Runs dualbind in the pod, as $AS (words); what it wrote is in out and err.
ask_dualbind() { # ARGUMENT...
    asked=0
    # shellcheck disable=SC2086 # words
    in_pod timeout 30 ${AS:-} "$DUALBIND" "$@" >"$DIR/out" 2>"$DIR/err" || asked=$?
}

# The line about a socket, its blanks made one.
line() { # PROTOCOL ADDRESS
    awk -v protocol="$1" -v address="$2" '$1 == protocol && $2 == address { $1 = $1; print }' "$DIR/out"
}

json() { # EXPRESSION, of the value j
    "$PYTHON" -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$DIR/out" "$1"
}

inject() { # CALL:RESULT
    printf 'strace -qq -o /dev/null -e trace=%s -e inject=%s' "${1%%:*}" "$1"
}

# Neither sock_diag nor /proc/net tells the sockets.
NO_LIST="$ROOT/build/tests/refuse diag strace -qq -o /dev/null -P /proc/thread-self/net/tcp -P /proc/self/net/tcp \
    -e trace=open,openat -e inject=open,openat:error=EACCES"

# Whether the kernel lists the options of sockets, by which it tells what dualbind did (Linux 5.10).
lists_options() {
    uname -r | awk -F. '{ exit $1 * 100 + $2 < 510 }'
}

# Two servers, one of which has the library: their process ids in $plain and $shimmed.
serve_sockets() {
    serve_plain 8001 "$PYTHON" "$SOCKETS" tcp/127.0.0.1/8002 tcp/::/8003 tcp-only/::/8004 udp/0.0.0.0/8005 \
        udp/::/8006 tcp/0.0.0.0/8007 tcp-only/::/8007 tcp/::1/8008 \
        tcp/127.0.0.2/8009 tcp/127.0.0.1/8009 tcp/0.0.0.0/8001
    plain=$SERVER_PID
    ALLOW='8011,8012/udp,127.0.0.1:8013,[::]:8014' serve 8015 "$PYTHON" "$SOCKETS" tcp/0.0.0.0/8011 udp/0.0.0.0/8012 \
        tcp/127.0.0.1/8013 tcp-only/::/8014 tcp/0.0.0.0/8016 tcp/0.0.0.0/8017 tcp-only/::/8017 tcp/0.0.0.0/8015
    shimmed=$SERVER_PID
}

# A process of root's that a user must not see, and one of the user's own: $roots and $own. Only root can start both.
serve_as_nobody() {
    NOBODY='setpriv --reuid 65534 --regid 65534 --clear-groups'
    chmod 755 "$DIR"
    serve_plain 8021 "$PYTHON" "$SOCKETS" tcp/::/8022 tcp/0.0.0.0/8021
    roots=$SERVER_PID
    # shellcheck disable=SC2086 # words
    serve_plain 8031 $NOBODY "$DUALBIND" run -a 8032 "$PYTHON" "$SOCKETS" tcp/0.0.0.0/8032 tcp/::/8033 tcp/0.0.0.0/8031
    own=$SERVER_PID
}
