#!/bin/sh
# SPDX-License-Identifier: MIT
# tftpd-hpa on 0.0.0.0. For each transfer it takes a new socket, which it
# connects to the client as it was shown it, and binds to the address that the
# request was sent to (IP_PKTINFO) if that is one of its own: then also an
# address as it was shown it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need in.tftpd tftpd-hpa
need tftp tftp-hpa
need curl
# It gives up root for each transfer, and ends if it cannot.
[ "$(id -u)" = 0 ] || skip_all "in.tftpd serves nobody unless root starts it"
forms ipv6 dual

files=$DIR/files
mkdir "$files"
seq 20000 >"$files/long" # 213 blocks, the last of them not full
echo hello >"$files/short"
echo written >"$DIR/written"

# It tells the client's address only to its rules for file names (\i).
printf '%s\n' "r ^from-(.*)\$ $files/\\1-from-\\i" "r ^(long|short)\$ $files/\\1" >"$DIR/rules"

# Writes a file, reads one of many blocks, and prints who the writer was.
transfer() { # [in_pod] HOST PORT
    tftp_pod=''
    [ "$1" != in_pod ] || { tftp_pod=in_pod && shift; }
    tftp_url=tftp://$(at "$1"):$2 tftp_name=$(date +%s%N)
    $tftp_pod curl -sS --max-time 10 --upload-file "$DIR/written" "$tftp_url/from-$tftp_name" &&
        $tftp_pod curl -sS --max-time 10 "$tftp_url/long" | cmp - "$files/long" || return
    wait_for cmp -s "$DIR/written" "$files/$tftp_name-from-"* || return
    for tftp_file in "$files/$tftp_name-from-"*; do echo "${tftp_file##*-from-}"; done
} 2>>"$DIR/tftp.log"

ask() { # HOST PORT
    transfer "$@"
}

pod_ask() { # HOST PORT
    transfer in_pod "$@"
}

# The client that comes with the server.
client() { # -4|-6 HOST
    timeout 20 tftp "$1" -m binary "$2" 6969 -c put "$DIR/written" "from-got$1"
    timeout 20 tftp "$1" -m binary "$2" 6969 -c get long "$DIR/got$1"
    wait_for cmp -s "$DIR/written" "$files/got$1"-from-* && cmp "$DIR/got$1" "$files/long"
} >>"$DIR/tftp.log" 2>&1

# It asks for the address that a request was sent to only after the first one, and
# Debian 13's does not answer that (without the shim too).
waken() {
    for _ in 1 2; do
        quietly udp_ask --wait 1 "$POD_IP6" 6969 short || quietly udp_pod_ask --wait 1 127.0.0.1 6969 short
    done
}

# Which of the hosts answer a request from the address that it was sent to.
answering() { # HOST...
    waken
    for tftp_host in "$@"; do
        quietly udp_ask --wait 1 "$tftp_host" 6969 short && echo "$tftp_host"
    done
}

# shellcheck disable=SC2034 # read by udp.sh
UDP_ASK='--as tftp --expect ^hello$' UDP_TEXT=short

# ":6969" is 0.0.0.0. It would look 0.0.0.0 up with AI_ADDRCONFIG, and end in a
# pod without IPv4 addresses.
set -- in.tftpd --ipv4 --foreground --address :6969 --user "$(id -un)" --create --permissive
battery_udp 6969 "$@" --map-file "$DIR/rules" "$files"

ok "starts" serve_udp 6969 "$@" --map-file "$DIR/rules" "$files"
ok "tftp reads and writes over IPv6" client -6 "$POD_IP6"
[ -z "$POD_IP4" ] || ok "tftp reads and writes over IPv4" client -4 "$POD_IP4"
for host in 127.0.0.1 ::1 127.0.0.1; do
    is "$(udp_pod_ask "$host" 6969 short)" hello "$host is answered from $host"
done
stop

# Debian 13's loses the first request, and lets the kernel choose the address that it
# answers from, always.
each=2 first=answered
ok "without the shim: starts" serve_udp_plain 6969 "$@" "$files"
quietly udp_pod_ask --tries 1 --wait 1 127.0.0.1 6969 "$files/short" || first=lost
waken
quietly udp_pod_ask --wait 1 127.0.0.2 6969 "$files/short" || each=1
stop

# As Debian starts it: confined to its files, where there is no /proc.
ok "starts, to be confined" serve_udp 6969 "$@" --secure "$files"
[ "$first" = answered ] || waken
for host in "$POD_IP6" $POD_IP4; do
    is "$(udp_ask "$host" 6969 short)" hello "confined: $host answers"
done
stop

# As root starts it by default: each transfer is nobody's, who sees neither the server itself nor
# whose the socket is.
chmod 755 "$E2E_DIR" "$DIR" "$files"
chmod 644 "$files"/*
set -- in.tftpd --ipv4 --foreground --address :6969 --permissive
for secure in '' --secure; do
    name=$files/short
    [ -z "$secure" ] || name=short
    # shellcheck disable=SC2086 # a word or none
    ok "its default user $secure: starts" serve_udp 6969 "$@" $secure "$files"
    [ "$first" = answered ] || quietly udp_pod_ask --wait 1 127.0.0.1 6969 "$name"
    for host in "$POD_IP6" $POD_IP4; do
        is "$(udp_ask "$host" 6969 "$name")" hello "its default user $secure: $host answers"
    done
    is "$(ps -o user= -p "$SERVER_PID")" root "its default user $secure: the server itself is root's"
    stop
done
set -- in.tftpd --ipv4 --foreground --address :6969 --user "$(id -un)" --create --permissive

# ---- a pod with two addresses ---------------------------------------------

# It takes whatever is above 224.0.0.0 for multicast, and then does so too.
second_ip6=fd00:db::3
in_pod ip -6 address add "$second_ip6/64" dev eth0 nodad
ok "two addresses: starts" serve_udp 6969 "$@" --map-file "$DIR/rules" "$files"
is "$(answering "$POD_IP6" "$second_ip6" | wc -l)" 1 "two addresses: shown from Class E, one answers"
stop
SHIM_ENV=DUALBIND_POOL=198.18.0.0/15
ok "two addresses, another pool: starts" serve_udp 6969 "$@" --map-file "$DIR/rules" "$files"
is "$(answering "$POD_IP6" "$second_ip6" | wc -l)" "$each" "two addresses, another pool: as many answer as can"
is "$(pod_ask ::1 6969)" 127.0.0.1 "two addresses, another pool: ::1 is shown as 127.0.0.1"
unset SHIM_ENV
stop
done_testing
