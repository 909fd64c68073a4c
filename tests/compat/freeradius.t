#!/bin/sh
# SPDX-License-Identifier: MIT
# FreeRADIUS on 0.0.0.0, which answers from the address that was asked (IP_PKTINFO).
# clients.conf knows its clients by address, each network with a secret of its own: IPv6
# clients are those of the pool, and where it is started again the node is a client by its
# synthetic address alone. By default it takes a socket for each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=FreeRADIUS FAMILY='Network services' PORT=1812 PROTOCOL=udp START_SECONDS=40
PACKAGES='apt:freeradius apt:freeradius-utils'
NOTES='clients.conf names IPv6 clients by their synthetic address, or by the pool'
LOAD='5,000 logins of 250 addresses, to two addresses'

version() {
    freeradius -v | sed -n 's/^.*FreeRADIUS Version \([^, ]*\),.*$/\1/p'
}

prepare() {
    freeradius=$(own_copy freeradius)
    many_addresses
    two_addresses
    echo "\$INCLUDE /usr/share/freeradius/dictionary" >"$DIR/dictionary"
    seq 0 249 | sed 's/.*/u& Cleartext-Password := "p&"/' >"$DIR/users"
}

network() { # SECRET ipaddr|ipv6addr NETWORK
    printf 'client %s {\n    %s = %s\n    secret = %s\n    require_message_authenticator = no\n}\n' "$1" "$2" "$3" "$1"
}

listens() { # ipaddr|ipv6addr ADDRESS
    printf '    listen {\n        type = auth\n        %s = %s\n        port = %s\n    }\n' "$1" "$2" "$PORT"
}

with_listeners() { # LISTENER
    {
        network local ipaddr 127.0.0.1
        network node ipaddr 192.0.2.1
        network many ipaddr 198.18.0.0/16
        network pool ipaddr 240.0.0.0/4
        network local6 ipv6addr ::1
        network node6 ipv6addr "$NODE_IP6"
        [ ! -s "$DIR/named" ] || network named ipaddr "$(cat "$DIR/named")"
    } >"$DIR/clients.conf"
    cat >"$DIR/radiusd.conf" <<END
name = freeradius
raddbdir = $DIR
logdir = $DIR
run_dir = $DIR
libdir = /usr/lib/freeradius
cleanup_delay = 2
max_requests = 65536
proxy_requests = no
log {
    destination = stdout
}
security {
    reject_delay = 0
    status_server = no
}
thread pool {
    start_servers = 4
    max_servers = 4
    min_spare_servers = 1
    max_spare_servers = 4
}
modules {
    pap {
    }
    files {
        filename = $DIR/users
    }
}
\$INCLUDE clients.conf
server default {
$1
    authorize {
        files
        pap
    }
    authenticate {
        Auth-Type PAP {
            pap
        }
    }
    post-auth {
        update reply {
            Reply-Message := "%{%{Packet-Src-IP-Address}:-%{Packet-Src-IPv6-Address}}"
        }
    }
}
END
    launch "$freeradius" -f -l stdout -d "$DIR" -n radiusd
}

ipv4_only() {
    [ ! -e "$DIR/shown" ] || mv "$DIR/shown" "$DIR/named"
    with_listeners "$(listens ipaddr 0.0.0.0)"
}

by_default() {
    rm -f "$DIR/named"
    with_listeners "$(listens ipaddr '*' && listens ipv6addr ::)"
}

secret_for() { # HOST
    case $1 in
    127.0.0.1) echo local ;;
    ::1) grep -q 'ipv6addr = ::$' "$DIR/radiusd.conf" && echo local6 || echo local ;;
    *:*) if grep -q 'ipv6addr = ::$' "$DIR/radiusd.conf"; then echo node6; elif [ -s "$DIR/named" ]; then echo named; else echo pool; fi ;;
    *) echo node ;;
    esac
}

login() { # HOST PASSWORD
    echo "User-Name = u7, User-Password = $2" |
        client radclient -x -r 1 -t 5 "$(at "$1"):$PORT" auth "$(secret_for "$1")"
}

work() { # HOST
    login "$1" p7 | grep -q 'Received Access-Accept' && login "$1" wrong | grep -q 'Received Access-Reject'
}

load() { # HOST
    case $1 in *:*) load_secret=pool ;; *) load_secret=many ;; esac
    load_of "$1" both --as radius --secret "$load_secret" --clients 250 --queries 5000
}

# The server tells it. What stands for the node is kept for the next start.
peer() { # HOST
    told=$(login "$1" p7 | sed -n 's/^.*Reply-Message = "\(.*\)"$/\1/p')
    case $told in 24?.* | 25?.*) echo "$told" >"$DIR/shown" ;; esac
    echo "$told"
}

row
