# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2317 # read, and called, by lib.sh's battery
# For tests of portability. Read by them instead of ../e2e/lib.sh, which it reads.
#
#   make_root RELEASE [ARCH] PACKAGE...  sets $root (see tests/portable/root), or
#                                        skips the file, with the reason
#   inside COMMAND...                    (words, for serve) runs it there
#   native                               this machine's architecture, as Debian
#                                        names it
#   battery_tcp PORT COMMAND...          a battery that is short, for HTTP servers
#                                        that answer with the peer's address
#   battery_datagrams PORT COMMAND...    the same over UDP
#   battery_http_log PORT COMMAND...     for python3 -m http.server
#   battery_redis PORT COMMAND...        for redis-server
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
PORTABLE=$ROOT/tests/portable
INSIDE="$PORTABLE/inside"
BATTERY_SEQUENTIAL=20
BATTERY_CROWD=5

native() {
    dpkg --print-architecture
}

make_root() { # RELEASE ARCHITECTURE PACKAGE...
    root=$("$PORTABLE/root" "$@" 2>&1) || skip_all "$root"
    INSIDE="$PORTABLE/inside $root" # words
}

battery_tcp() {
    ask() { get "$@"; }
    pod_ask() { pod_get "$@"; }
    many() { sequential "$@"; }
    throng() { crowd "$@"; }
    PROTOCOL=tcp
    battery "$@"
}

battery_datagrams() {
    ask() { datagram "$@"; }
    pod_ask() { in_pod "$PYTHON" "$APPS/udp-ask.py" "$@"; }
    many() { datagram --many "$2" "$1" "$3"; }
    throng() { datagram --throng "$2" "$1" "$3"; }
    udp_refused() { datagram --as text --refused --tries 5 --wait 1 "$@"; }
    PROTOCOL=udp
    battery "$@"
    PROTOCOL=tcp
}

datagram() {
    timeout 30 "$PYTHON" "$APPS/udp-ask.py" "$@" 2>>"$DIR/udp-ask.log"
}

# It tells the peer in its log alone.
battery_http_log() {
    last_logged() { sed -n 's/^\([0-9a-f.:]*\) - - .*/\1/p' "$LOG" | tail -n 1; }
    ask() { get "$@" >"$DIR/answer" && last_logged; }
    pod_ask() { pod_get "$@" >"$DIR/answer" && last_logged; }
    many() { sequential "$@"; }
    throng() { crowd "$@"; }
    battery "$@"
}

battery_redis() {
    peer_of() { sed -n 's/^.* addr=\([0-9a-f.:]*\):[0-9]* .*cmd=client.*$/\1/p' | grep .; }
    ask() { timeout 10 redis-cli -h "$1" -p "$2" CLIENT LIST | peer_of; }
    pod_ask() { in_pod timeout 10 redis-cli -h "$1" -p "$2" CLIENT LIST | peer_of; }
    many() { timeout 30 redis-cli -h "$1" -p "$3" -r "$2" PING | grep -c '^PONG$'; }
    throng() { redis_crowd "$@"; }
    battery "$@"
}

redis_crowd() { # HOST M PORT
    perl "$APPS/crowd.pl" "$1" "$3" "$2" 'PING
QUIT
' '^\+PONG\r\n\+OK\r\n\z' 2>>"$DIR/curl.log"
}
