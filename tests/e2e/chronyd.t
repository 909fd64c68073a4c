#!/bin/sh
# SPDX-License-Identifier: MIT
# chronyd as an NTP server on 0.0.0.0, for IPv4 alone (-4). It asks for the
# address that each query was sent to (IP_PKTINFO) and answers from there, and
# has the kernel's time stamps in control messages and in its error queue. It
# never touches the clock (-x).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need chronyd chrony
need chronyc chrony
forms ipv6 dual

configure() { # LINE...
    rm -rf "$DIR/run"
    mkdir -m 700 "$DIR/run"
    cat >"$DIR/chrony.conf" <<END
port 1123
bindaddress 0.0.0.0
cmdport 0
bindcmdaddress $DIR/run/socket
pidfile $DIR/run/pid
local stratum 10
$(printf '%s\n' "$@")
END
}

# Those whose queries it had since the last time.
clients() {
    timeout 10 chronyc -n -h "$DIR/run/socket" clients -r 2>>"$DIR/chronyc.log" | awk 'seen && $2 > 0 { print $1 } /^===/ { seen = 1 }'
}

ask() { # HOST PORT
    clients >/dev/null
    quietly udp_ask "$@" && clients
}

pod_ask() { # HOST PORT
    clients >/dev/null
    quietly udp_pod_ask "$@" && clients
}

# Another chronyd asks four times, and would set its clock if it could.
client() { # HOST
        timeout 20 "$CHRONYD" -Q -t 10 -U -u "$(id -un)" "pidfile $DIR/client.pid" 'cmdport 0' 'bindcmdaddress /' \
        "server $1 port 1123 iburst" 2>&1 | tee -a "$DIR/client.log" | grep -q 'System clock wrong by'
}

refuses() { # HOST
    ! udp_ask --wait 1 "$1" 1123
}

CHRONYD=$(own_copy chronyd)
# shellcheck disable=SC2034 # read by udp.sh
UDP_ASK='--as ntp --expect ^stratum.10$'
# -U: as the user that starts it.
set -- "$CHRONYD" -4 -x -d -U -u "$(id -un)" -f "$DIR/chrony.conf"

configure 'allow all'
battery_udp 1123 "$@"
ok "starts" serve_udp 1123 "$@"
ok "a client has the time over IPv6" client "$POD_IP6"
[ -z "$POD_IP4" ] || ok "a client has the time over IPv4" client "$POD_IP4"
stop

# ---- its filter of system calls, as Debian starts it ---------------------------

ok "starts with its filter" serve_udp 1123 "$@" -F 1
ok "is under a filter" wait_for grep -q "^Seccomp:.*2" "/proc/$SERVER_PID/status"
is "$(ask "$POD_IP6" 1123)" "$(synthetic "$SHIM_LOG" "$NODE_IP6" | grep .)" "filtered: an IPv6 client is shown as the log says"
[ -z "$POD_IP4" ] || is "$(ask "$POD_IP4" 1123)" "$NODE_IP4" "filtered: an IPv4 client is shown as itself"
stop

# ---- an access list ----------------------------------------------------------

configure 'allow 192.0.2.0/24'
ok "starts, to let IPv4 clients in" serve_udp 1123 "$@"
ok "answers no IPv6 client" refuses "$POD_IP6"
[ -z "$POD_IP4" ] || ok "answers an IPv4 client" quietly udp_ask "$POD_IP4" 1123
stop

# ---- a pod with two addresses -------------------------------------------------

configure 'allow all'
second_ip6=fd00:db::3
in_pod ip -6 address add "$second_ip6/64" dev eth0 nodad
ok "two addresses: starts" serve_udp 1123 "$@"
for host in "$POD_IP6" "$second_ip6"; do
    ok "two addresses: $host answers" quietly udp_ask "$host" 1123
done
stop
done_testing
