#!/bin/sh
# SPDX-License-Identifier: MIT
# dnsmasq, which by default serves both families by itself and drops what was
# not sent to an address of its own, and with --bind-interfaces serves what it
# is told to listen on.
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
need dnsmasq dnsmasq-base
need dig bind9-dnsutils
forms ipv6 dual

set -- "$(own_copy dnsmasq)" --keep-in-foreground --conf-file=/dev/null --pid-file= --user="$(id -un)" \
    --port=5353 --no-resolv --no-hosts --address=/name.test/192.0.2.77 --log-queries --log-facility=-
ANY_RULES=5353/any

# ---- by default: a socket for each family, and addresses as they are ------

as_native "default" 5353 4 "$@"

# ---- --listen-address=0.0.0.0: no client is answered ------------------------

# It binds the sockets of the default, and takes what was sent to one of its
# listen addresses. No packet is ever sent to 0.0.0.0.
silence() { # try_plain|try_serve COMMAND...
    silence_how=$1
    shift
    "$silence_how" 5353 "$@" || echo "does not start"
    wait_for has_listeners 5353 4
    sockets 5353
    for host in 127.0.0.1 ::1; do
        in_pod dig +short +tries=1 +time=1 +notcp "@$host" -p 5353 name.test A
        in_pod dig +short +tries=1 +time=1 +tcp "@$host" -p 5353 name.test A
    done | grep -c '^192\.0\.2\.77$'
    grep -c 'query\[A\]' "$LOG"
    stop
    echo "stops with $STOP_STATUS"
}

dual_name="--listen-address=0.0.0.0"
silence try_plain "$@" "$dual_name" >"$DIR/native"
is "$(sed -n '5,6p' "$DIR/native" | tr '\n' ' ')" "0 0 " "$dual_name: without the shim: answers nobody"
each_rules as_recorded silence try_serve "$@" "$dual_name"

# ---- --bind-interfaces: what it is told to listen on -----------------------

# shellcheck disable=SC2034 # read by serve
ALLOW=5353/any
battery 5353 "$@" --bind-interfaces --listen-address=0.0.0.0
battery_udp 5353 "$@" --bind-interfaces --listen-address=0.0.0.0

# ---- a pod with two addresses ----------------------------------------------

# Without --bind-interfaces it answers from the address that was asked, and
# with it lets the kernel choose, as any server on a dual-stack socket may.
second_address
serve_udp_plain 5353 "$PYTHON" "$APPS/udp-any.py" 5353
chosen=$(UDP_ASK='' answering 5353 "$POD_IP6" "$POD_IP6_2")
stop
ok "two addresses: starts" serve_udp 5353 "$@"
is "$(answering 5353 "$POD_IP6" "$POD_IP6_2")" "$(printf '%s\n' "$POD_IP6" "$POD_IP6_2")" \
    "two addresses: answers from each"
stop
ok "two addresses, --bind-interfaces: starts" serve_udp 5353 "$@" --bind-interfaces --listen-address=0.0.0.0
is "$(answering 5353 "$POD_IP6" "$POD_IP6_2")" "$chosen" \
    "two addresses, --bind-interfaces: answers as a dual-stack server does"
stop
done_testing
