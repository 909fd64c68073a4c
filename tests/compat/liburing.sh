# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A server on liburing, which makes its system calls itself. Read by rows after compat.sh. WORDS:
# what else it is told (tests/e2e/apps/uring-peer.c).

# shellcheck disable=SC2034 # read by compat.sh
RING=1 KEPT=liburing

version() {
    dpkg-query --show --showformat '${Version}' liburing-dev
}

# Each row has its own: the other may run by now.
build() {
    gcc -O1 -o "$BUILD/$NAME" "$ROOT/tests/e2e/apps/uring-peer.c" -luring
}

ipv4_only() {
    # shellcheck disable=SC2086 # words
    launch "$BUILD/$NAME" "$PROTOCOL" 0.0.0.0 "$PORT" ${WORDS:-}
}

by_default() {
    # shellcheck disable=SC2086 # words
    launch "$BUILD/$NAME" "$PROTOCOL" :: "$PORT" ${WORDS:-}
}

work() { # HOST
    peer "$1" | grep .
}

peer() { # HOST
    case $PROTOCOL in
    udp) client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" ;;
    *) http "$1" / ;;
    esac
}
