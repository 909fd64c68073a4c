#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers that are told to listen at 0.0.0.0, and at ::1 besides: each of the two has its own clients, as
# natively, and all other IPv6 clients come to the first. And servers that bind all that
# getaddrinfo gives, and go on where :: has no place.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
# shellcheck source-path=SCRIPTDIR source=dns.sh
. "$(dirname "$0")/dns.sh"
# shellcheck source-path=SCRIPTDIR source=unbound.sh
. "$(dirname "$0")/unbound.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
need redis-server
need redis-cli redis-tools
need nginx nginx-light
need unbound
need dig bind9-dnsutils
need node nodejs
forms dual

# ---- TCP ---------------------------------------------------------------

is_beside() { # PORT NAME
    is "$(listeners "$1")" ":: inet6 v6only=0
::1 inet6 v6only=1" "$2: listens at ::1 and for both families"
}

asked_everywhere() { # PORT NAME
    stands_for_node "$(ask "$POD_IP6" "$1")" "$2: an IPv6 client"
    is "$(ask "$POD_IP4" "$1")" "$NODE_IP4" "$2: an IPv4 client is shown as itself"
    is "$(pod_ask 127.0.0.1 "$1")" 127.0.0.1 "$2: 127.0.0.1 comes to the first"
    is "$(pod_ask ::1 "$1")" ::1 "$2: ::1 comes to its own"
}

ask() { # HOST PORT
    timeout 10 redis-cli -h "$1" -p "$2" CLIENT INFO 2>&1 | sed -n 's/^.* addr=\[*\([0-9a-f.:]*\)\]*:[0-9]* .*$/\1/p'
}

pod_ask() { # HOST PORT
    in_pod redis-cli -h "$1" -p "$2" CLIENT INFO 2>&1 | sed -n 's/^.* addr=\[*\([0-9a-f.:]*\)\]*:[0-9]* .*$/\1/p'
}

for addresses in '0.0.0.0 -::1' '::1 0.0.0.0' '127.0.0.1 -::1'; do
    ALLOW="6379 127.0.0.1:6379"
    # shellcheck disable=SC2086 # words
    set -- redis-server --port 6379 --bind $addresses --protected-mode no --save '' --dir "$DIR"
    ok "redis, bind $addresses: starts" serve 6379 "$@"
    is_beside 6379 "redis, bind $addresses"
    asked_everywhere 6379 "redis, bind $addresses"
    stop
done

ask() { # HOST PORT
    get "$@"
}

pod_ask() { # HOST PORT
    pod_get "$@"
}

set -- nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
ALLOW=8080
for form in '0.0.0.0:8080 [::1]:8080' '[::1]:8080 0.0.0.0:8080'; do
    # shellcheck disable=SC2086 # words
    configure $form
    ok "nginx, $form: starts" serve 8080 "$@"
    is_beside 8080 "nginx, $form"
    asked_everywhere 8080 "nginx, $form"
    stop
done

workers() {
    pgrep -P "$SERVER_PID" | sort
}

has_reloaded() {
    [ -n "$(workers)" ] && [ -z "$(printf '%s\n' "$old_workers" "$(workers)" | sort | uniq -d)" ]
}

# What comes with a reload is beside a socket that workers hold.
configure 0.0.0.0:8080
ok "nginx, reload: starts" serve 8080 "$@"
for addresses in '0.0.0.0:8080 [::1]:8080' 0.0.0.0:8080 '0.0.0.0:8080 [::1]:8080'; do
    old_workers=$(workers)
    # shellcheck disable=SC2086 # words
    configure $addresses
    kill -s HUP "$SERVER_PID"
    ok "nginx, reload, $addresses: has new workers" wait_for has_reloaded
done
is_beside 8080 "nginx, reload"
asked_everywhere 8080 "nginx, reload"
stop

# ---- the list of getaddrinfo ------------------------------------------------

set -- "$PYTHON" "$APPS/bind-all.py" 8080
ok "all addresses: starts without the shim" serve_plain 8080 "$@"
is "$(listeners 8080)" "0.0.0.0 inet" "all addresses: natively :: has no place"
stop
ok "all addresses: starts" serve 8080 "$@"
is "$(listeners 8080)" ":: inet6 v6only=0" "all addresses: nobody yields in vain"
is "$(pod_get ::1)" 127.0.0.1 "all addresses: answers over IPv6"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "all addresses: answers over IPv4"
stop

# ---- UDP ---------------------------------------------------------------

unbound_conf 5353 'interface: 0.0.0.0' 'interface: ::1' 'num-threads: 1' 'access-control: 0.0.0.0/0 allow' \
    'access-control: ::/0 allow' 'log-queries: yes'

ask() { # HOST PORT
    query "$@"
}

pod_ask() { # HOST PORT
    query in_pod "$@"
}

# shellcheck disable=SC2034 # read by serve
ALLOW=5353/any
set -- "$(own_copy unbound)" -d -c "$DIR/unbound.conf"
ok "unbound: starts" serve_udp 5353 "$@"
for PROTOCOL in tcp udp; do asked_everywhere 5353 "unbound, $PROTOCOL"; done
stop

# ---- a server that starts anew in its process ---------------------------------

answers() { # NUMBER
    [ "$(get "$POD_IP6")" = "$1" ]
}

# shellcheck disable=SC2034 # read by serve
ALLOW=8080 PROTOCOL=tcp SHIM_ENV=DUALBIND_PEERS=native
ok "node: starts" serve 8080 node "$APPS/restart.js" 8080
is "$(get "$POD_IP6")" 1 "node: answers"
ok "node: a client breaks off" "$PYTHON" "$APPS/reset.py" "$POD_IP6" 8080
kill -s USR2 "$SERVER_PID"
ok "node: answers after it has closed its listener and listens again" wait_for answers 2
is "$(listeners 8080)" ":: inet6 v6only=0" "node: for both families"
stop
done_testing
