#!/bin/sh
# SPDX-License-Identifier: MIT
# memcached on 0.0.0.0, UDP and TCP: four threads share the UDP socket, each by
# a descriptor of its own.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-udp.sh
. "$(dirname "$0")/dual-udp.sh"
need memcached
forms ipv6 dual

UDP_ASK='--as memcached'

# "stats conns" tells of the connection that asks, and of the sockets that all
# others come to.
peer_of() { # tcp|udp
    tr -d '\r' | sed -n "s/^STAT [0-9]*:addr ${1}6*:\[*\([0-9a-f.:]*[0-9a-f]\)\]*:[0-9]*\$/\1/p" | grep -vx -e 0.0.0.0 -e ::
}

tcp_ask() { # [in_pod] HOST PORT
    tcp_pod=''
    [ "$1" != in_pod ] || { tcp_pod=in_pod && shift; }
    printf 'stats conns\r\nquit\r\n' | $tcp_pod timeout 10 "$PYTHON" "$APPS/dual-ask.py" "$@" | peer_of tcp
}

ask() { # HOST PORT
    if [ "$PROTOCOL" = tcp ]; then tcp_ask "$@"; else udp_ask "$@" 'stats conns' | peer_of udp; fi
}

pod_ask() { # HOST PORT
    if [ "$PROTOCOL" = tcp ]; then tcp_ask in_pod "$@"; else udp_pod_ask "$@" 'stats conns' | peer_of udp; fi
}

tcp_throng() { # HOST M PORT
    perl "$APPS/crowd.pl" "$1" "$3" "$2" 'version
quit
' '^VERSION ' 2>>"$DIR/crowd.log"
}

many() { # HOST N PORT
    if [ "$PROTOCOL" = udp ]; then
        udp_many "$@" version
        return
    fi
    i=0
    while [ "$i" -lt "$2" ]; do
        i=$((i + 1))
        tcp_throng "$1" 1 "$3"
    done | grep -cx 1
}

throng() { # HOST M PORT
    if [ "$PROTOCOL" = tcp ]; then tcp_throng "$@"; else udp_throng "$@" version; fi
}

# shellcheck disable=SC2034 # read by serve
ALLOW=11211/any
set -- memcached -u "$(id -un)" -p 11211 -U 11211
battery 11211 "$@" -l 0.0.0.0
battery_udp 11211 "$@" -l 0.0.0.0

# What is sent is cut into fragments by the kernel, what is answered into
# datagrams of 1400 bytes by memcached.
value=$(seq -s , 1000 2000)
gives_back() { # HOST
    is "$(udp_ask "$1" 11211 "set key 0 0 ${#value}
$value")" STORED "$1 stores a value of ${#value} bytes"
    is "$(udp_ask "$1" 11211 'get key')" "VALUE key 0 ${#value}
$value
END" "$1 gives it back"
}
ok "starts" serve_udp 11211 "$@" -l 0.0.0.0
gives_back "$POD_IP6"
[ -z "$POD_IP4" ] || gives_back "$POD_IP4"
stop

# ---- by default: a socket for each family, and addresses as they are --------

# shellcheck disable=SC2034 # read by as_native
ANY_RULES=11211/any
as_native "default" 11211 4 "$@"
done_testing
