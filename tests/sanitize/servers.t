#!/bin/sh
# SPDX-License-Identifier: MIT
# Real servers under valgrind's memcheck, without the library and with it: what it
# says of memory, and how many descriptors are open at the end, is the same.
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/nginx-conf.sh
. "$(dirname "$0")/../e2e/nginx-conf.sh"
# shellcheck disable=SC2034 # read by lib.sh
FORM_SECONDS=1500 WAIT_TRIES=2400
need valgrind
need nginx
need redis-server
need redis-cli redis-tools
need memcached
need unbound
need dig bind9-dnsutils
forms dual

# What it says once for each process, without numbers and addresses.
findings() { # NAME
    cat "$DIR/$1".*.vg | sed -n 's/^==[0-9]*== *//; /FILE DESCRIPTORS/p
        /^\(Invalid\|Conditional\|Use of\|Syscall param\|Mismatched\|Source and\|Jump\|Argument\|Process terminating\)/{
            N; s/\n==[0-9]*== *//; s/0x[0-9A-F]*//g; p
        }' | sort | sed 's/^/    /'
}

ask_all() { # HOST...
    for host in "$@"; do $question "$host" || echo "$host: no answer"; done
}

# NAME PORT QUESTION COMMAND...
same_findings() {
    name=$1 port=$2 question=$3
    shift 3
    set -- valgrind --trace-children=yes --track-fds=yes "$@"
    for how in plain shim; do
        VALGRIND_OPTS="--log-file=$DIR/$name-$how.%p.vg" start "$how" "$port" "$@"
        if [ "$how" = plain ]; then ask_all "$POD_IP4"; else ask_all "$POD_IP4" "$POD_IP6" "$POD_IP6"; fi \
            >"$DIR/$name-$how.answers" 2>&1
        stop_patiently
    done
    is "$(grep -c 'no answer' "$DIR/$name-plain.answers" "$DIR/$name-shim.answers" | sed 's/.*://' | tr '\n' ' ')" \
        '0 0 ' "$name: answers, natively and with the library"
    is "$(findings "$name-shim")" "$(findings "$name-plain")" "$name: what memcheck says is the same"
    diag "$name: $(findings "$name-shim" | wc -l) lines, $(findings "$name-shim" | grep -c DESCRIPTORS) processes"
}

# Not in the middle of an answer, with a connection left: STOP is what does that.
stop_patiently() {
    kill -s "$STOP" "$SERVER_PID"
    wait_for dead "$SERVER_PID"
    end_group "$SERVER_PID"
}

http() { get "$1" "$port" | grep -q .; }
redis() { [ "$(timeout 20 redis-cli -h "$1" PING)" = PONG ]; }
cache() { printf 'version\r\nquit\r\n' | timeout 20 "$PYTHON" "$APPS/dual-ask.py" "$1" 11211 | grep -q VERSION; }
name_of() { [ "$(dig +short +tries=3 +time=10 "$2" "@$1" -p 5353 name.test A)" = 192.0.2.77 ]; }
dns() { name_of "$1" +notcp && name_of "$1" +tcp; }

configure 8080
echo 'daemon off;' >>"$DIR/nginx.conf"
STOP=QUIT
same_findings nginx 8080 http nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf"
STOP=TERM
same_findings redis 6379 redis redis-server --bind 0.0.0.0 --port 6379 --protected-mode no --dir "$DIR"
same_findings python 8000 http "$PYTHON" -c 'import http.server, signal, threading
server = http.server.HTTPServer(("0.0.0.0", 8000), http.server.SimpleHTTPRequestHandler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()'
ALLOW=11211/any
# It sets its limit of descriptors to -c; valgrind allows no other than its own.
same_findings memcached 11211 cache memcached -c "$(valgrind -q sh -c 'ulimit -H -n')" -u "$(id -un)" -p 11211 -U 11211 -l 0.0.0.0
cat >"$DIR/unbound.conf" <<END
server:
    port: 5353
    interface: 0.0.0.0
    interface-automatic: no
    do-ip6: no
    access-control: 0.0.0.0/0 allow
    local-zone: "name.test." redirect
    local-data: "name.test. A 192.0.2.77"
    use-syslog: no
    chroot: ""
    username: ""
    directory: ""
    pidfile: ""
remote-control:
    control-enable: no
END
# shellcheck disable=SC2034 # read by start
ALLOW=5353/any
same_findings unbound 5353 dns unbound -d -c "$DIR/unbound.conf"
done_testing
