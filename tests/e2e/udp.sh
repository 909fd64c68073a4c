# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Helpers for UDP servers. Read after lib.sh, of which it has the counterparts:
#
#   serve_udp PORT COMMAND... · serve_udp_plain · try_serve_udp · try_udp_plain
#                        as serve, serve_plain, try_serve and try_plain, but
#                        for an unconnected UDP socket at PORT; ALLOW is
#                        PORT/udp unless set
#   udp_sockets PORT     one line per unconnected UDP socket in the pod, sorted:
#                        "0.0.0.0 inet", ":: inet6 v6only=0"
#   udp_ask HOST PORT [TEXT] · udp_pod_ask
#                        sends one datagram from the node, or from the pod, and
#                        prints the answer; fails unless one comes from the
#                        very address and port that was asked
#   udp_refused HOST PORT
#                        true if the kernel says that no socket is there
#   udp_many HOST N PORT [TEXT]
#                        N queries one after another, each from another port;
#                        prints how many were answered
#   udp_throng HOST M PORT [TEXT]
#                        M queries before the first answer is read, likewise
#   battery_udp PORT COMMAND...
#                        what every UDP server must do, as battery. It asks
#                        through ask, pod_ask, many and throng, which a test
#                        may define anew; as defined here they expect a server
#                        that answers with the peer's address
#
#   own_copy COMMAND     the path of a copy of a program, for daemons that AppArmor
#                        confines
#
# UDP_ASK (words): options for apps/udp-ask.py in all of these, as in
# UDP_ASK='--as dns' and UDP_ASK='--from fd00:db::9'. UDP_TEXT: the TEXT that
# ask, pod_ask, many and throng send; "{n}" in it is the query's number.

as_udp() { # COMMAND...
    [ "$PROTOCOL" = tcp ] || { "$@"; return; }
    PROTOCOL=udp
    as_udp_status=0
    "$@" || as_udp_status=$?
    # shellcheck disable=SC2034 # read by start, listening and listeners
    PROTOCOL=tcp
    return "$as_udp_status"
}

serve_udp() {
    as_udp serve "$@"
}

serve_udp_plain() {
    as_udp serve_plain "$@"
}

try_serve_udp() {
    as_udp try_serve "$@"
}

try_udp_plain() {
    as_udp try_plain "$@"
}

udp_sockets() {
    as_udp listeners "$@"
}

battery_udp() {
    as_udp battery "$@"
}

# ---- clients -------------------------------------------------------------

# shellcheck disable=SC2086 # words
udp_ask() { # HOST PORT [TEXT]
    timeout 30 "$PYTHON" "$APPS/udp-ask.py" ${UDP_ASK:-} "$@" 2>>"$DIR/udp-ask.log"
}

# shellcheck disable=SC2086 # words
udp_pod_ask() { # HOST PORT [TEXT]
    in_pod timeout 30 "$PYTHON" "$APPS/udp-ask.py" ${UDP_ASK:-} "$@" 2>>"$DIR/udp-ask.log"
}

# The kernel limits how many it refuses in a second: hence the tries.
udp_refused() { # HOST PORT
    udp_ask --as text --refused --tries 5 --wait 1 "$1" "$2"
}

udp_many() { # HOST N PORT [TEXT]
    many_host=$1 many_n=$2
    shift 2
    udp_ask --many "$many_n" "$many_host" "$@"
}

udp_throng() { # HOST M PORT [TEXT]
    many_host=$1 many_n=$2
    shift 2
    udp_ask --throng "$many_n" "$many_host" "$@"
}

# ---- what the battery asks -----------------------------------------------

ask() { # HOST PORT
    udp_ask "$1" "$2" ${UDP_TEXT+"$UDP_TEXT"}
}

pod_ask() { # HOST PORT
    udp_pod_ask "$1" "$2" ${UDP_TEXT+"$UDP_TEXT"}
}

many() { # HOST N PORT
    udp_many "$1" "$2" "$3" ${UDP_TEXT+"$UDP_TEXT"}
}

throng() { # HOST M PORT
    udp_throng "$1" "$2" "$3" ${UDP_TEXT+"$UDP_TEXT"}
}

# ---- programs ------------------------------------------------------------

# Where AppArmor confines a daemon, it does so by the path that the
# distribution gave it: such a daemon could read neither its configuration nor
# the library here.
own_copy() { # COMMAND
    cp -- "$(command -v "$1")" "$DIR/$1" && printf '%s' "$DIR/$1"
}
