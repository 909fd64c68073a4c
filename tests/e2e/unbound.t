#!/bin/sh
# SPDX-License-Identifier: MIT
# unbound on "interface: 0.0.0.0", with two threads that each have a socket of
# a SO_REUSEPORT group. With interface-automatic it asks for the address that a
# query was sent to (IP_PKTINFO), and answers from there.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-udp.sh
. "$(dirname "$0")/dual-udp.sh"
# shellcheck source-path=SCRIPTDIR source=dns.sh
. "$(dirname "$0")/dns.sh"
# shellcheck source-path=SCRIPTDIR source=unbound.sh
. "$(dirname "$0")/unbound.sh"
need unbound
need dig bind9-dnsutils
forms ipv6 dual

# Only localhost is let in unless the list says otherwise. With more than half of its places for TCP
# taken (10 a thread) it closes, natively too, what is silent for 0.2 s: more places than clients.
configure() { # LINE...
    unbound_conf 5353 'interface: 0.0.0.0' 'num-threads: 2' 'so-reuseport: yes' 'incoming-num-tcp: 200' \
        'access-control: 192.0.2.0/24 allow' 'log-queries: yes' "$@"
}

IN_POOL='access-control: 240.0.0.0/4 allow'
# shellcheck disable=SC2034 # read by serve and by as_native
ALLOW=5353/any ANY_RULES=5353/any
set -- "$(own_copy unbound)" -d -c "$DIR/unbound.conf"

# ---- interface-automatic: no ------------------------------------------------

configure "$IN_POOL"
battery 5353 "$@"
battery_udp 5353 "$@"

# ---- an access list that does not know of the pool -------------------------

configure
ok "starts with an access list that knows of no pool" serve_udp 5353 "$@"
is "$(udp_ask --expect '' "$POD_IP6" 5353 a.name.test)" REFUSED "an IPv6 client is refused over UDP"
is "$(dig_for "@$POD_IP6" -p 5353 +noshort +comments a.name.test | grep -o 'status: [A-Z]*')" "status: REFUSED" \
    "an IPv6 client is refused over TCP"
is "$(udp_pod_ask ::1 5353 a.name.test)" "$DNS_ANSWER" "::1 is let in, as localhost"
[ -z "$POD_IP4" ] || is "$(udp_ask "$POD_IP4" 5353 a.name.test)" "$DNS_ANSWER" "an IPv4 client is let in by its own address"
stop

# ---- interface-automatic: yes -----------------------------------------------

# By default it then has sockets for both families, whatever the interface.
configure "$IN_POOL" 'interface-automatic: yes' 'access-control: fd00:db::/64 allow'
as_native "interface-automatic" 5353 8 "$@"

# shellcheck disable=SC2034 # read by serve
ALLOW=5353/any
configure "$IN_POOL" 'interface-automatic: yes' 'do-ip6: no'
battery 5353 "$@"
battery_udp 5353 "$@"

# ---- a pod with two addresses ------------------------------------------------

second_address
# shellcheck disable=SC2086 # words
set -- "$POD_IP6" "$POD_IP6_2" $POD_IP4 $POD_IP4_2
serve_udp 5353 "$DIR/unbound" -d -c "$DIR/unbound.conf"
is "$(answering 5353 "$@")" "$(printf '%s\n' "$@")" "two addresses, interface-automatic: answers from each"
stop

serve_udp_plain 5353 "$PYTHON" "$APPS/udp-any.py" 5353
chosen=$(UDP_ASK='' answering 5353 "$@")
stop
configure "$IN_POOL"
serve_udp 5353 "$DIR/unbound" -d -c "$DIR/unbound.conf"
is "$(answering 5353 "$@")" "$chosen" "two addresses: otherwise answers as a dual-stack server does"
stop
done_testing
