# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# strongSwan's charon, whose sockets are IPv4's alone (use_ipv6 = no), and as clients three
# identities of a charon without the shim, from an address each. A client is given an address
# of 10.98.0.0/24, and asks 10.99.0.1 through its tunnel. Read by rows after compat.sh, which
# define ipsec: lines for both, of what protects packets; TUNNELS='' where nothing does.
TUNNELS=1

version() {
    dpkg-query -W -f '${Version}' strongswan-charon
}

charon() { # LAUNCHER NAME: with a /run of its own, where its number is
    "$1" env STRONGSWAN_CONF="$DIR/$2/strongswan.conf" unshare --mount \
        sh -c 'mount -t tmpfs tmpfs /run && exec /usr/lib/ipsec/charon'
}

# The plugins of Debian's default, without those that change the machine or other sockets.
configure() { # NAME USE-IPV6
    mkdir -p "$DIR/$1"
    {
        printf '%s\n' 'charon {' 'load_modular = yes' 'dos_protection = no' 'filelog { stderr { default = 1 } }' \
            'plugins {' 'include /etc/strongswan.d/charon/*.conf' "socket-default { use_ipv6 = $2 }" "vici { socket = unix://$DIR/$1/vici }"
        for plugin in stroke bypass-lan resolve dhcp farp ha led forecast unity; do echo "$plugin { load = no }"; done
        ipsec
        printf '%s\n' '}' 'start-scripts {' "load = swanctl --load-all --file $DIR/$1/swanctl.conf --uri unix://$DIR/$1/vici" '}' '}'
    } >"$DIR/$1/strongswan.conf"
}

connection() { # NAME LINE...
    echo "$1 {"
    shift
    printf '%s\n' 'version = 2' 'proposals = aes128-sha256-modp2048' "$@" '}'
}

secret='secrets { ike-1 { secret = of the tunnels } }'

prepare() {
    for client in 1 2 3; do
        ip -6 address add "${NODE_IP6}${client}/64" dev eth0 nodad preferred_lft 0
        [ "$POD_FORM" != dual ] || ip address add "${NODE_IP4}${client}/24" dev eth0
    done && in_pod ip address add 10.99.0.1/32 dev lo && configure server no && configure client yes || return
    {
        echo 'connections {'
        connection server 'pools = pool' 'local { auth = psk' 'id = server }' 'remote { auth = psk }' \
            'children { tunnel { local_ts = 10.99.0.1/32' 'esp_proposals = aes128-sha256 } }'
        printf '%s\n' '}' 'pools { pool { addrs = 10.98.0.0/24 } }' "$secret"
    } >"$DIR/server/swanctl.conf"
    in_pod "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" serve 7777 &
}

ipv4_only() {
    charon launch server
}

begun() { # HOST N
    client "$PYTHON" "$ROOT/tests/compat/apps/ike-init.py" "$1" "$PORT" "$2"
}

ready() { # HOST
    begun "$1" 1
}

# ---- clients ---------------------------------------------------------------

swanctl_() { # COMMAND...
    swanctl "$@" --uri "unix://$DIR/client/vici" 2>>"$DIR/client.log"
}

childless() {
    if [ -n "$TUNNELS" ]; then echo never; else echo force; fi
}

connections_to() { # HOST
    own=$NODE_IP6
    case $1 in *.*) own=$NODE_IP4 ;; esac
    echo 'connections {'
    for client in 1 2 3; do
        connection "client$client" "local_addrs = $own$client" "remote_addrs = $1" 'vips = 0.0.0.0' 'local { auth = psk' "id = client$client }" \
            'remote { auth = psk' 'id = server }' "childless = $(childless)" "children { tunnel$client { remote_ts = 10.99.0.1/32" 'esp_proposals = aes128-sha256 } }'
    done
    printf '%s\n' '}' "$secret"
}

has_connections() {
    swanctl_ --list-conns | grep -q client3
}

inner_addresses() {
    swanctl_ --list-sas | sed -n "s/^  local .*\[\(10[.0-9]*\)\]\$/\1/p"
}

# shellcheck disable=SC2046 # words
through_tunnels() {
    [ -n "$TUNNELS" ] || return 0
    set -- $(inner_addresses)
    [ $# = 3 ] && client "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" 10.99.0.1 7777 "$@"
}

# One after another, so that each is under way while the next begins.
negotiate() {
    for client in 1 2 3; do
        if [ -n "$TUNNELS" ]; then set -- --child "tunnel$client"; else set -- --ike "client$client"; fi
        swanctl_ --initiate "$@" --timeout 20 || return
    done
}

with_tunnels_to() { # HOST COMMAND...
    connections_to "$1" >"$DIR/client/swanctl.conf"
    shift
    rm -f "$DIR/client/vici"
    charon exec client >>"$DIR/client-charon.log" 2>&1 &
    tunnels_pid=$! tunnels_status=0
    { wait_for has_connections && negotiate && "$@"; } >>"$DIR/client-charon.log" 2>&1 || tunnels_status=$?
    kill "$tunnels_pid"
    wait "$tunnels_pid" || true
    return "$tunnels_status"
}
