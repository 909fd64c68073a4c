# shellcheck shell=sh
# A server on liburing, which makes its system calls itself. Read by rows after compat.sh.

# shellcheck disable=SC2034 # read by compat.sh
RING=1 KEPT=liburing

version() {
    dpkg-query --show --showformat '${Version}' liburing-dev
}

build() {
    gcc -O1 -o "$BUILD/uring-peer" "$ROOT/tests/compat/apps/uring-peer.c" -luring
}

ipv4_only() {
    launch "$BUILD/uring-peer" "$PROTOCOL" 0.0.0.0 "$PORT"
}

by_default() {
    launch "$BUILD/uring-peer" "$PROTOCOL" :: "$PORT"
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
