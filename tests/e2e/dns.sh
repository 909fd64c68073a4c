# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Helpers for DNS servers, which do not tell a client its address but log it.
# Read after lib.sh and udp.sh. The server answers any name below name.test
# with DNS_ANSWER, and writes each query to its log.
#
# ask, pod_ask, many and throng ask over TCP, or over UDP within battery_udp
# (as_udp). ask and pod_ask print the client's address as the server logged it
# for this very query: each has a name of its own.
#
#   second_address       gives the pod POD_IP6_2, and POD_IP4_2 if it has IPv4
#   answering HOST...    those hosts that answer over UDP from the address that
#                        was asked

DNS_ANSWER=192.0.2.77
# shellcheck disable=SC2034 # read by udp.sh
UDP_ASK="--as dns --expect ^$DNS_ANSWER\$" UDP_TEXT='q{n}.name.test'

dig_for() { # [in_pod] dig's arguments
    dig_over=+tcp
    [ "$PROTOCOL" = tcp ] || dig_over=+notcp
    case $1 in
    in_pod) shift && in_pod timeout 60 dig +short +tries=1 +time="${DIG_SECONDS:-5}" "$dig_over" "$@" ;;
    *) timeout 60 dig +short +tries=1 +time="${DIG_SECONDS:-5}" "$dig_over" "$@" ;;
    esac 2>&1
}

# dnsmasq: "query[A] NAME from CLIENT"; unbound: "info: CLIENT NAME. A IN"
client_of() { # NAME
    sed -n -e "s/^.* query\[A\] $1 from \([0-9a-f.:]*\)\$/\1/p" \
        -e "s/^.* info: \([0-9a-f.:]*\) $1\. A IN\$/\1/p" "$LOG" | grep .
}

query() { # [in_pod] HOST PORT
    dns_pod=''
    [ "$1" != in_pod ] || { dns_pod=in_pod && shift; }
    dns_name=q$(date +%s%N).name.test
    dns_got=$(dig_for $dns_pod "@$1" -p "$2" "$dns_name" A)
    if [ "$dns_got" != "$DNS_ANSWER" ]; then
        printf '%s\n' "$dns_name at $1 $2 over $PROTOCOL:" "$dns_got" >>"$DIR/dig.log"
        return 1
    fi
    wait_for quietly client_of "$dns_name" && client_of "$dns_name"
}

ask() { # HOST PORT
    query "$@"
}

pod_ask() { # HOST PORT
    query in_pod "$@"
}

many() { # HOST N PORT
    if [ "$PROTOCOL" = udp ]; then
        udp_many "$1" "$2" "$3" "$UDP_TEXT"
        return
    fi
    seq -f 'q%g.name.test A' "$2" >"$DIR/names"
    dig_for "@$1" -p "$3" -f "$DIR/names" | grep -cx "$DNS_ANSWER"
}

throng() { # HOST M PORT
    if [ "$PROTOCOL" = udp ]; then
        udp_throng "$1" "$2" "$3" "$UDP_TEXT"
        return
    fi
    seq "$2" | timeout 60 xargs -P "$2" -I '{}' \
        dig +short +tries=1 +time=10 +tcp "@$1" -p "$3" 'q{}.name.test' A | grep -cx "$DNS_ANSWER"
}

second_address() {
    POD_IP6_2=fd00:db::3 POD_IP4_2=''
    in_pod ip -6 address add "$POD_IP6_2/64" dev eth0 nodad
    [ -n "$POD_IP4" ] || return 0
    POD_IP4_2=192.0.2.3
    in_pod ip address add "$POD_IP4_2/24" dev eth0
}

answering() { # PORT HOST...
    answering_port=$1
    shift
    for answering_host in "$@"; do
        quietly udp_ask --wait 1 "$answering_host" "$answering_port" "$UDP_TEXT" && echo "$answering_host"
    done
}
