#!/bin/sh
# SPDX-License-Identifier: MIT
# ocserv, which serves TLS by TCP, and DTLS by UDP at the same port: the main process
# connects a socket to each client that begins DTLS, and hands it to the client's worker,
# which has a system call filter. Three clients ask the other end of their tunnels at once.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='ocserv, DTLS' FAMILY='Network services' PORT=4443 PROTOCOL=udp RULE=4443/any PACKAGES='apt:ocserv apt:openconnect apt:openssl'
CLIENT_SECONDS=60 FORM_SECONDS=600
NOTES='1,000 datagrams in each of 3 DTLS tunnels at once, over either family: none wrong'

version() {
    dpkg-query -W -f '${Version}' ocserv
}

# It asks for addresses of families that the machine has (AI_ADDRCONFIG): it needs one of IPv4.
prepare() {
    [ "$POD_FORM" = dual ] || in_pod ip address add 192.0.2.2/32 dev lo || return
    openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=server -addext "subjectAltName=DNS:server" \
        -keyout "$DIR/server.key" -out "$DIR/server.crt" 2>/dev/null &&
        printf 'secret\nsecret\n' | ocpasswd -c "$DIR/passwd" user || return
    in_pod "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" serve 7777 &
}

ocserv_with() { # LINE
    filled ocserv.conf LISTEN="$1" >"$DIR/ocserv.conf"
    launch "$(command -v ocserv)" --foreground --log-stderr --config "$DIR/ocserv.conf"
}

ipv4_only() {
    ocserv_with 'listen-host = 0.0.0.0'
}

by_default() {
    ocserv_with ''
}

ready() { # HOST
    by_curl --insecure "https://$(at "$1"):$PORT/" | grep -q auth
}

come() { # HOST DEVICE
    echo secret | client env dir="$DIR" openconnect --interface "$2" --script "$ROOT/tests/compat/apps/openconnect-up.sh" --user user --passwd-on-stdin \
        --cafile "$DIR/server.crt" --resolve "server:$1" "https://server:$PORT" >"$DIR/$2.log" 2>&1
}

are_up() { # DEVICE...
    for device in "$@"; do [ -e "$DIR/up.$device" ] && grep -q 'Established DTLS connection' "$DIR/$device.log" || return; done
} 2>/dev/null

loaded() { # DEVICE...
    client "$PYTHON" "$ROOT/tests/compat/apps/tunnel-load.py" 10.97.0.1 7777 "$@"
}

visit() { # HOST COMMAND DEVICE...: the command is given the devices once all of them are up
    visit_host=$1 visit_command=$2 visitors='' visit_status=0
    shift 2
    rm -f "$DIR"/load?.log "$DIR"/up.*
    for device in "$@"; do
        come "$visit_host" "$device" &
        visitors="$visitors $!"
    done
    { WAIT_TRIES=800 wait_for are_up "$@" && "$visit_command" "$@" && ! grep -i 'dtls.*\(dead\|fail\|error\)' "$DIR"/load?.log; } || visit_status=$?
    # shellcheck disable=SC2046 # words
    kill $(cat "$DIR"/up.*) 2>/dev/null
    # shellcheck disable=SC2086 # words
    wait $visitors || true
    return "$visit_status"
}

work() { # HOST
    if [ "$PLACE" = node ]; then visit "$1" loaded load1 load2 load3; else visit "$1" true load1; fi
}

peer() { # HOST
    visit "$1" true load1 && sed -n 's/^.* main\[user\]:\(.*\):[0-9]* user logged in$/\1/p' "$LOG" | address
}

# Sessions have names that differ.
log_filter() {
    grep -v 'invalidating session'
}

row
