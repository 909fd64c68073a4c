# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A server on liburing, which makes its system calls itself. Read by rows after compat.sh.

# shellcheck disable=SC2034 # read by compat.sh
RING=1 KEPT=liburing

version() {
    dpkg-query --show --showformat '${Version}' liburing-dev
}

# Each row has its own: the other may run by now.
build() {
    gcc -O1 -o "$BUILD/$NAME" "$ROOT/tests/compat/apps/uring-peer.c" -luring
}

ipv4_only() {
    launch "$BUILD/$NAME" "$PROTOCOL" 0.0.0.0 "$PORT"
}

by_default() {
    launch "$BUILD/$NAME" "$PROTOCOL" :: "$PORT"
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
