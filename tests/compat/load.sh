# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Much at once, in rows that have LOAD and load(): natively over IPv4, and with the
# shim over both families at the same time. Read by compat.sh; called in steps.sh.

# shellcheck disable=SC2034,SC2153 # variables that compat.sh reads, and the pod's

LOAD_SECONDS=200

# For a row's prepare: the node has each address of two networks, so that each client
# of a load can have one of its own. The pod's default routes lead to the node.
many_addresses() {
    ip -6 route add local fd00:db:1::/64 dev lo
    [ -z "$NODE_IP4" ] || ip route add local 198.18.0.0/16 dev lo
}

# For a row's prepare: the pod has a second address of each family, which load_of asks too
# with "both": for servers that answer from the address that was asked.
two_addresses() {
    in_pod ip -6 address add fd00:db::3/64 dev eth0 nodad
    [ -z "$POD_IP4" ] || in_pod ip address add 192.0.2.3/24 dev eth0
}

# For a row's load: apps/udp-load.py, its clients with addresses of their own.
load_of() { # HOST [both] UDP-LOAD'S...
    case $1 in *:*) load_network=fd00:db:1::/64 load_second=fd00:db::3 ;; *) load_network=198.18.0.0/16 load_second=192.0.2.3 ;; esac
    load_hosts=$1
    shift
    if [ "$1" = both ]; then
        load_hosts=$load_hosts,$load_second
        shift
    fi
    client "$PYTHON" "$ROOT/tests/compat/apps/udp-load.py" --network "$load_network" "$@" "$load_hosts" "$PORT"
}

# For a row's load: apps/syslog-load.py, likewise, to a server that writes lines "ADDRESS
# TEXT" to FILE.
load_syslog() { # HOST FILE
    case $1 in *:*) set -- "$@" fd00:db:1::/64 240.0.0.0/4 ;; *) set -- "$@" 198.18.0.0/16 198.18.0.0/16 ;; esac
    client "$PYTHON" "$ROOT/tests/compat/apps/syslog-load.py" --messages 5000 --network "$3" --shown "$4" "$1" "$PORT" "$2"
}

# The records that --as dns asks for, a line each, with a number for each &.
load_names() { # LINE
    seq 0 249 | sed "s|.*|$1|"
}

start_load() { # HOST
    (PLACE=node CLIENT_SECONDS=$LOAD_SECONDS load "$1") >"$DIR/load.$1" 2>>"$DIR/client.log" &
    loads="$loads $!"
}

end_load() { # KEY HOST NAME
    load_told=$(tail -n 1 "$DIR/load.$2")
    case $load_told in
    *' asked, 0 wrong') load_wrong=0 ;;
    *' wrong'*) load_wrong=${load_told#* asked, } load_wrong=${load_wrong%% wrong*} ;;
    *) load_wrong='all' load_told="nothing was asked" ;;
    esac
    record "$1" "$load_wrong"
    diag "$3: $load_told"
    is "$load_wrong" 0 "$3: wrong answers"
}

load_natively() {
    [ -n "$LOAD" ] || return 0
    loads=''
    start_load "$POD_IP4"
    # shellcheck disable=SC2086 # words
    wait $loads
    end_load LOAD4_NATIVE "$POD_IP4" "without the shim: $LOAD"
}

load_both() {
    [ -n "$LOAD" ] || return 0
    loads=''
    start_load "$POD_IP4"
    start_load "$POD_IP6"
    # shellcheck disable=SC2086 # words
    wait $loads
    record LOAD "$LOAD"
    COLUMN=ipv4
    end_load LOAD4 "$POD_IP4" "IPv4 beside IPv6: $LOAD"
    COLUMN=ipv6
    end_load LOAD6 "$POD_IP6" "IPv6 beside IPv4: $LOAD"
}
