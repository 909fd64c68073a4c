#!/bin/sh
# SPDX-License-Identifier: MIT
# Static programs in C: busybox's httpd, a server linked with musl, and one whose
# listener is in epoll, twice, before it is bound.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=supervise.sh
. "$(dirname "$0")/supervise.sh"
need busybox busybox-static
forms ipv6 dual

server=$ROOT/build/tests/static-server
diag "accept"
battery 8080 "$server" accept 8080
diag "epoll before bind"
# Nothing but epoll tells it of connections: first whether it hears of one at all.
hears() { # HOST PORT
    in_pod curl --silent --max-time 5 --noproxy '*' "http://$(at "$1"):$2/"
}
ok "starts: epoll" serve 8081 "$server" epoll 8081
is "$(hears 127.0.0.1 8081)" 127.0.0.1 "epoll goes on to tell of connections after a swap"
heard=$?
stop
BATTERY_SEQUENTIAL=50 BATTERY_CROWD=20
[ "$heard" != 0 ] || battery 8081 "$server" epoll 8081
ok "starts: signal" serve 8082 "$server" signal 8082
is "$(hears ::1 8082)" ::1 "SIGIO is sent for the right number after a swap"
stop

mkdir -p "$DIR/www/cgi-bin"
echo hello >"$DIR/www/index.html"
# shellcheck disable=SC2016 # for the script to expand
printf '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n%%s" "${REMOTE_ADDR#::ffff:}"\n' \
    >"$DIR/www/cgi-bin/peer"
chmod 755 "$DIR/www/cgi-bin/peer"
ask() { # HOST PORT
    fetch "http://$(at "$1"):$2/cgi-bin/peer" | sed 's/^\[//; s/\].*$//; s/^::ffff://'
}
pod_ask() { # HOST PORT
    in_pod curl --silent --max-time 10 --noproxy '*' "http://$(at "$1"):$2/cgi-bin/peer" |
        sed 's/^\[//; s/\].*$//; s/^::ffff://'
}
diag "busybox httpd"
battery 8083 busybox httpd -f -p 0.0.0.0:8083 -h "$DIR/www"
done_testing
