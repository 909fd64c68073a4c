#!/bin/sh
# SPDX-License-Identifier: MIT
# Every special source address there is, from raw packets on the wire: none is shown as
# somebody nearer than it is, and no answer goes to a service of this host. Natively,
# IPv4 alone, none of them could be a peer.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
forms dual

mac=$(in_pod ip -o link show eth0 | sed 's/.*link.ether //; s/ .*//')
link_local=$(in_pod ip -o -6 address show dev eth0 scope link | sed 's/.*inet6 //; s,/.*,,')

# The source, what becomes of a datagram and of a connection, and what it is: RFC 6890's
# registry as IANA has it, and others.
#   guard   dropped by the socket filter          shown  as an address of the pool, and
#   kernel  dropped by Linux, for any listener           answered at its own address
#   host    shown as an address of the pool; an answer goes to this host (SECURITY.md)
cat >"$DIR/table" <<TABLE
::                       guard   shown   unspecified, RFC 4291; TCP is answered on the link
::1                      kernel  kernel  loopback, RFC 4291
::ffff:0.0.0.0           guard   kernel  IPv4-mapped, RFC 4291
::ffff:127.0.0.1         guard   kernel
::ffff:10.0.0.1          guard   kernel
::ffff:$NODE_IP4         guard   kernel
::ffff:$POD_IP4          guard   kernel
::ffff:240.0.0.1         guard   kernel
::ffff:255.255.255.255   guard   kernel
::127.0.0.1              shown   shown   IPv4-compatible, deprecated by RFC 4291
::10.0.0.1               shown   shown
::$POD_IP4               shown   shown
::ffff:0:7f00:1          shown   shown   IPv4-translated, RFC 2765, of 127.0.0.1
64:ff9b::7f00:1          shown   shown   NAT64, RFC 6052, of 127.0.0.1
64:ff9b::a00:1           shown   shown   the same, of 10.0.0.1
64:ff9b::c000:202        shown   shown   the same, of the pod's own IPv4 address
64:ff9b:1::7f00:1        shown   shown   NAT64 of a network's own, RFC 8215, of 127.0.0.1
100::1                   shown   shown   discard-only, RFC 6666
100:0:0:1::1             shown   shown   dummy, RFC 9780
2001::7f00:1             shown   shown   Teredo, RFC 4380
2001:0:7f00:1::80ff:fffe shown   shown   the same, of 127.0.0.1
2001:1::1                shown   shown   Port Control Protocol anycast, RFC 7723
2001:1::2                shown   shown   TURN anycast, RFC 8155
2001:1::3                shown   shown   DNS-SD SRP anycast, RFC 9665
2001:2::1                shown   shown   benchmarking, RFC 5180
2001:3::1                shown   shown   AMT, RFC 7450
2001:4:112::1            shown   shown   AS112-v6, RFC 7535
2001:10::1               shown   shown   ORCHID, deprecated, RFC 4843
2001:20::1               shown   shown   ORCHIDv2, RFC 7343
2001:30::1               shown   shown   DRIP, RFC 9374
2001:db8::1              shown   shown   documentation, RFC 3849
2002:7f00:1::1           shown   shown   6to4 of 127.0.0.1, RFC 3056
2002:a00:1::1            shown   shown   6to4 of 10.0.0.1
2620:4f:8000::1          shown   shown   AS112 direct delegation, RFC 7534
3fff::1                  shown   shown   documentation, RFC 9637
5f00::1                  shown   shown   SRv6 SIDs, RFC 9602
fc00::1                  shown   shown   unique-local, RFC 4193
fd00:db::77              shown   shown   the same, of this network
fe80::99                 shown   shown   link-local, RFC 4291
fe80::5efe:7f00:1        shown   shown   ISATAP of 127.0.0.1, RFC 5214
fec0::1                  shown   shown   site-local, deprecated by RFC 3879
ff02::1                  kernel  kernel  multicast, RFC 4291: never a source
ff0e::7f00:1             kernel  kernel
$POD_IP6                 host    kernel  the pod's own; TCP's answer goes to the pod itself
$link_local              host    kernel
2001:db8:ffff::1         shown   shown   an ordinary one, and the last
TABLE

packets() { # udp|tcp
    awk -v target="$POD_IP6" '{ print $1, target }' "$DIR/table"
    [ "$1" = tcp ] || awk '$1 != "'"$POD_IP6"'" { print $1, "ff02::1" }' "$DIR/table"
}
# "SOURCE>DESTINATION" of those that become one of these things.
that() { # udp|tcp WHAT...
    packets "$1" | awk -v column="$1" -v wanted=" $2 ${3-} ${4-} " '
        NR == FNR { becomes[$1] = column == "udp" ? $2 : $3; next }
        index(wanted, " " becomes[$1] " ") { print $1 ">" $2 }' "$DIR/table" - | sort
}
says() { # FILE TEXT
    grep -q "^$2" "$1"
}
# What the server says of a packet that was answered may come later than the answer.
all_came() {
    sed '/^#/d; s/ .*//' "$LOG" | sort >"$DIR/came"
    [ -z "$(comm -23 "$DIR/answered" "$DIR/came")" ]
}
send() { # udp|tcp: what $DIR/packets says
    timeout 30 "$PYTHON" "$APPS/wire.py" "$1" "$mac" "$port" <"$DIR/packets" 2>"$DIR/wire.log" |
        sort >"$DIR/answered"
    wait_for all_came
}
# The lines of $LOG that say otherwise. A connection from :: is never shown as it is.
not_shown_as_ipv4() {
    grep -v '^#' "$LOG" | grep -v ' AF_INET 2[45][0-9]\.[0-9.]*$'
}
not_shown_as_native() {
    grep -v '^::>' "$LOG" | awk '!/^#/ && !($2 == "AF_INET6" && index($1, $3 ">") == 1)'
    grep '^::>' "$LOG" | grep -v ' AF_INET 2[45][0-9]\.[0-9.]*$'
}

everything() { # udp|tcp ADDRESS ipv4|native
    port=$((port + 1)) # connections of another run may linger at the last one
    name="$2, $3, $1"
    ALLOW=$2:$port/any SHIM_ENV=DUALBIND_PEERS=$3
    serve=serve
    [ "$1" = tcp ] || serve=serve_udp
    ok "$name: a server starts" "$serve" "$port" "$PYTHON" "$APPS/special-server.py" "$1" "$2" "$port"
    packets "$1" >"$DIR/packets"
    send "$1"
    is "$(cat "$DIR/came")" "$(that "$1" shown host)" "$name: what comes"
    is "$(cat "$DIR/answered")" "$(that "$1" shown)" "$name: what is answered, at its own address"
    is "$(not_shown_as_"$3")" '' "$name: how each is shown"
    stop
}

# The node is not to say by ICMP that it knows no way to them.
ip route add blackhole default
ip -6 route add blackhole default

# What waits at the ports that the packets come from, should an answer go there.
setsid "$ROOT/scripts/pod" exec "$PYTHON" "$APPS/special-server.py" spy \
    127.0.0.1 "$POD_IP4" ::1 "$POD_IP6" >"$DIR/spy.out" 2>"$DIR/spy.log" &
servers="$servers $!"
wait_for says "$DIR/spy.out" ready

port=5000
for at in 0.0.0.0 127.0.0.1; do
    for peers in ipv4 native; do
        everything udp "$at" "$peers"
        everything tcp "$at" "$peers"
    done
done
is "$(sort -u "$DIR/spy.out" | grep -v "^ready$\|^$POD_IP6 $POD_IP6>")" '' \
    "no answer went to this host, but those to its own address"

# IPv4's own, RFC 6890: as natively, whatever that is.
for source in 0.0.0.0 0.0.0.1 10.0.0.1 100.64.0.1 127.0.0.1 127.9.9.9 169.254.0.1 172.16.0.1 192.0.0.1 192.0.0.170 \
    192.0.2.77 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.51.100.1 203.0.113.1 \
    224.0.0.1 239.1.1.1 240.0.0.1 250.1.2.3 255.255.255.255 "$POD_IP4" 8.8.8.8; do
    echo "$source $POD_IP4"
done >"$DIR/packets"
come_as() { # udp|tcp HOW-TO-SERVE
    port=$((port + 1))
    "$2" "$port" "$PYTHON" "$APPS/special-server.py" "$1" 0.0.0.0 "$port"
    send "$1"
    grep -v '^#' "$LOG" | sort
    sed 's/^/answered /' "$DIR/answered"
    stop
}
for peers in ipv4 native; do
    # shellcheck disable=SC2034 # read by serve
    SHIM_ENV=DUALBIND_PEERS=$peers ALLOW='*/any'
    for protocol in tcp udp; do
        serve=serve plain=serve_plain
        [ "$protocol" = tcp ] || serve=serve_udp plain=serve_udp_plain
        come_as "$protocol" "$plain" >"$DIR/natively"
        come_as "$protocol" "$serve" >"$DIR/with"
        ok "$peers, $protocol: there are IPv4 ones" says "$DIR/natively" '8.8.8.8>'
        is "$(cat "$DIR/with")" "$(cat "$DIR/natively")" "$peers, $protocol: they are as natively"
    done
done
done_testing
