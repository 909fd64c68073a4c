#!/bin/sh
# SPDX-License-Identifier: MIT
# A dozen servers in short, for a machine with another kernel (kernel.sh): both
# families, right addresses, some connections, and the port free again. Their own
# tests in tests/e2e ask more of each. SERVERS names some, to run those alone.
# shellcheck source-path=SCRIPTDIR source=../portable/lib.sh
. "$(dirname "$0")/../portable/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/udp.sh
. "$ROOT/tests/e2e/udp.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/nginx-conf.sh
. "$ROOT/tests/e2e/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/unbound.sh
. "$ROOT/tests/e2e/unbound.sh"
need nginx nginx-light
need redis-server
need redis-cli redis-tools
need node nodejs
need php php-cli
need unbound
need dnsmasq dnsmasq-base
need dig bind9-dnsutils
need_python fastapi
need_python uvloop
need_python gunicorn gunicorn
FORM_SECONDS=${SERVERS_SECONDS:-240}
forms dual
WAIT_TRIES=1200 # a minute: it may be emulated

wanted() { # NAME
    case " ${SERVERS:-$1} " in *" $1 "*) diag "$1" ;; *) return 1 ;; esac
}

battery_dns() { # PORT COMMAND...
    # shellcheck source-path=SCRIPTDIR source=../e2e/dns.sh
    . "$ROOT/tests/e2e/dns.sh"
    # shellcheck disable=SC2034 # read by serve, and by dns.sh
    ALLOW=$1/any DIG_SECONDS=30 # a server that listens may still be starting
    UDP_ASK="$UDP_ASK --wait 30"
    battery "$@"
    battery_udp "$@"
    unset ALLOW DIG_SECONDS UDP_ASK UDP_TEXT
}

if wanted http.server; then
    battery_http_log 8080 "$PYTHON" -m http.server --directory "$DIR" --bind 0.0.0.0 8080
fi
if wanted nginx; then
    configure 8080
    battery_tcp 8080 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
fi
if wanted redis; then
    battery_redis 6379 redis-server --bind 0.0.0.0 --port 6379 --save '' --dir "$DIR" --protected-mode no
fi
if wanted uvicorn; then
    battery_tcp 8080 "$PYTHON" -m uvicorn --app-dir "$APPS" --loop uvloop --host 0.0.0.0 --port 8080 rest:app
fi
if wanted gunicorn; then
    battery_tcp 8080 "$PYTHON" -m gunicorn --chdir "$APPS" --worker-class sync --workers 2 --timeout 120 \
        --worker-tmp-dir "$DIR" --bind 0.0.0.0:8080 wsgi:app
fi
if wanted node; then
    battery_tcp 8080 node "$APPS/peer.js" 0.0.0.0 8080
fi
if wanted dgram; then
    battery_datagrams 5000 node "$APPS/udp-peer.js" 5000
fi
if wanted php; then
    battery_tcp 8080 php -n -S 0.0.0.0:8080 "$APPS/peer.php"
fi
if wanted asyncio; then
    battery_datagrams 5000 "$PYTHON" "$APPS/udp-peer.py" asyncio 5000
fi
if wanted unbound; then
    unbound_conf 5353 'interface: 0.0.0.0' 'num-threads: 2' 'so-reuseport: yes' 'access-control: 192.0.2.0/24 allow' \
        'access-control: 240.0.0.0/4 allow' 'log-queries: yes'
    battery_dns 5353 "$(own_copy unbound)" -d -c "$DIR/unbound.conf"
fi
if wanted dnsmasq; then
    battery_dns 5353 "$(own_copy dnsmasq)" --keep-in-foreground --conf-file=/dev/null --pid-file= \
        --user="$(id -un)" --port=5353 --no-resolv --no-hosts --address=/name.test/192.0.2.77 --log-queries \
        --log-facility=- --bind-interfaces --listen-address=0.0.0.0
fi

# shellcheck source-path=SCRIPTDIR source=../e2e/supervise.sh
. "$ROOT/tests/e2e/supervise.sh"

# Where the kernel cannot do that, the program runs as without.
battery_supervised() { # PORT COMMAND...
    # shellcheck disable=SC2086 # words
    if ! DUALBIND_ALLOW=1 $SUPERVISE true 2>&1 | grep -q 'not supervised'; then
        battery_tcp "$@"
        return
    fi
    skip "is supervised" "no SECCOMP_IOCTL_NOTIF_ADDFD on this kernel"
    is "$("$ROOT/build/dualbind" check --json "$2" | grep -o '"unsupervised":[a-z]*')" '"unsupervised":true' "check says so"
    ok "starts all the same" serve "$@"
    is "$(listeners "$1")" "0.0.0.0 inet" "listens for IPv4 as natively"
    is "$(pod_get 127.0.0.1 "$1")" 127.0.0.1 "answers over IPv4"
    stop
}
if wanted go; then
    need_go "$ROOT/build/tests/go-static"
    battery_supervised 8080 "$ROOT/build/tests/go-static" tcp4 8080
fi
if wanted static; then
    battery_supervised 8080 "$ROOT/build/tests/static-server" accept 8080
fi
done_testing
