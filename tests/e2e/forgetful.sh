# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A dozen servers, each without the shim and with it. Read after lib.sh, udp.sh,
# nginx-conf.sh and unbound.sh.
#
#   servers TCP-WAY UDP-WAY EPOLL-WAY
#                        all of them; those of IPv4 alone in one of the next two ways,
#                        EPOLL-WAY what watches its socket before it is bound
#   as_native NAME COMMAND...
#                        the same answers with the shim as without it, on PORT over
#                        PROTOCOL; PROBE says how to ask, SAID how many sockets the shim
#                        is to say that it not converted
#   serves_both NAME COMMAND...
#                        with the shim over both families: over IPv4 as without it, over
#                        IPv6 with an IPv4 address for each client
#   with SERVER COMMAND...
#                        runs COMMAND with the command line of one of those on HTTP
#                        as its last arguments
#
# KERNEL (words): what runs a server on a kernel that forgets. A test may define anew:
#
#   places               who asks whom, one a line; an answer to the first one shows
#                        that the server is ready
#   shim_lines           what the shim has logged
#   says_so NAME         a test: the shim has said what is to be said, and nothing else

# shellcheck disable=SC2034 # read by start
ALLOW='*/any [::]:* 127.0.0.1:*'

places() {
    printf '%s\n' "pod 127.0.0.1" "pod ::1" "node $POD_IP4" "node $POD_IP6"
}

shim_lines() {
    cat "$SHIM_LOG"
}

says_so() { # NAME
    # shellcheck disable=SC2153 # given by the test
    is "$(shim_lines | grep -c 'not converted: ')" "$SAID" "$1"
}

asks_from() { # node|pod COMMAND...
    case $1 in
    node) shift && "$@" ;;
    pod) shift && in_pod "$@" ;;
    esac
}

# Clients as they are shown, where the answer does not tell.
last_logged() {
    sed -n 's/^\([0-9a-f.:]*\) - - .*/\1/p' "$LOG" | tail -n 1
}

probe() { # node|pod HOST
    case $PROBE in
    http) asks_from "$1" curl --silent --noproxy '*' --max-time 5 "http://$(at "$2"):$PORT/" ;;
    redis) asks_from "$1" redis-cli -h "$2" -p "$PORT" CLIENT INFO | grep -o 'l\{0,1\}addr=[^ ]*:' ;;
    udp) asks_from "$1" "$PYTHON" "$APPS/udp-ask.py" --wait 2 "$2" "$PORT" ;;
    tcp-dns) asks_from "$1" dig +short +tries=1 +time=2 +tcp "@$2" -p "$PORT" a.name.test A ;;
    udp-dns) asks_from "$1" dig +short +tries=1 +time=2 +notcp "@$2" -p "$PORT" a.name.test A ;;
    fcgi) asks_from "$1" "$PYTHON" "$ROOT/tests/compat/apps/fcgi-ask.py" "$2" "$PORT" "$DIR/page.php" ;;
    esac 2>/dev/null
}

# Messages of dig have numbers that change.
answer_to() { # node|pod HOST
    status=0
    probe "$1" "$2" >"$DIR/answer" || status=$?
    grep -v '^;' "$DIR/answer" | tr '\n' ' '
    echo "$(last_logged) status $status"
}

observe() {
    listeners "$PORT"
    # shellcheck disable=SC2086 # words
    places | while read -r asked; do echo "$asked: $(answer_to $asked)"; done
}

# It may listen before it answers.
is_ready() {
    # shellcheck disable=SC2046 # words
    answer_to $(places | head -n 1) | grep -q 'status 0$'
}

run_once() { # shim|plain COMMAND...
    run_mode=$1
    shift
    # shellcheck disable=SC2086 # words
    start "$run_mode" "$PORT" $KERNEL "$@" || { start_failed; return; }
    wait_for is_ready
    observe
    stop
}

as_native() { # NAME COMMAND...
    native_name=$1
    shift
    run_once plain "$@" >"$DIR/native"
    run_once shim "$@" >"$DIR/shimmed"
    ok "$native_name: answers without the shim" grep -q "^$(places | head -n 1): .*status 0\$" "$DIR/native"
    is "$(cat "$DIR/shimmed")" "$(cat "$DIR/native")" "$native_name: as without the shim"
    says_so "$native_name: lines that say so"
}

# Of what observe printed, the places of one family.
over_ipv4() { # FILE
    grep '^\(node\|pod\) [0-9.]*: ' "$1"
}

over_ipv6() { # FILE
    grep '^\(node\|pod\) [0-9a-f]*:.*: ' "$1"
}

# Without the place itself.
ipv6_answers() { # FILE
    over_ipv6 "$1" | sed 's/^[^ ]* [^ ]*: //'
}

serves_both() { # NAME COMMAND...
    native_name=$1
    shift
    run_once plain "$@" >"$DIR/native"
    run_once shim "$@" >"$DIR/shimmed"
    ok "$native_name: answers without the shim" grep -q "^$(places | head -n 1): .*status 0\$" "$DIR/native"
    is "$(over_ipv4 "$DIR/shimmed")" "$(over_ipv4 "$DIR/native")" "$native_name: over IPv4 as without the shim"
    is "$(ipv6_answers "$DIR/native" | grep -c 'status 0$')" 0 "$native_name: no IPv6 without it"
    is "$(ipv6_answers "$DIR/shimmed" | grep -c 'status 0$')" "$(ipv6_answers "$DIR/native" | wc -l)" \
        "$native_name: over IPv6"
    is "$(ipv6_answers "$DIR/shimmed" | grep '[0-9a-f:]*:[0-9a-f]*:')" '' "$native_name: no client by an IPv6 address"
}

with() { # SERVER COMMAND...
    with_server=$1
    shift
    case $with_server in
    nginx) "$@" nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;' ;;
    php) "$@" php -n -S 0.0.0.0:8080 "$APPS/peer.php" ;;
    node) "$@" node "$APPS/peer.js" 0.0.0.0 8080 ;;
    uvicorn) "$@" "$PYTHON" -m uvicorn --app-dir "$APPS" --host 0.0.0.0 --port 8080 rest:app ;;
    esac
}

configure_unbound() { # LINE...
    unbound_conf 8080 'access-control: 0.0.0.0/0 allow' 'access-control: ::/0 allow' "$@"
}

configure_fpm() {
    echo '<?php echo "page";' >"$DIR/page.php"
    cat >"$DIR/fpm.conf" <<END
[global]
error_log = /proc/self/fd/2
daemonize = no
[www]
listen = 0.0.0.0:8080
pm = static
pm.max_children = 2
access.log = /proc/self/fd/2
access.format = "%R - - %f"
$([ "$(id -u)" != 0 ] || printf 'user = nobody\ngroup = nogroup\n')
END
}

servers() { # TCP-WAY UDP-WAY EPOLL-WAY
    tcp_way=$1 udp_way=$2 epoll_way=$3
    PORT=8080 PROTOCOL=tcp PROBE=http SAID=1
    mkdir -p "$DIR/www"
    "$tcp_way" "python -m http.server" "$PYTHON" -m http.server --bind 0.0.0.0 --directory "$DIR/www" 8080
    for server in php node uvicorn; do with "$server" "$tcp_way" "$server"; done
    "$epoll_way" "Boost.Asio, in epoll before it is bound" "$ROOT/build/tests/boost-peer" 8080
    [ "$tcp_way" = as_native ] || SAID=0
    configure 8080
    with nginx "$tcp_way" "nginx"
    configure 8080 '[::]:8080'
    with nginx as_native "nginx on both families"
    ok "compiles" timeout 120 javac -d "$DIR" "$ROOT/tests/compat/apps/JavaPeer.java"
    "$tcp_way" "Java on the IPv4 stack" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m \
        -Djava.net.preferIPv4Stack=true -cp "$DIR" JavaPeer channel 8080
    PROBE=redis
    set -- redis-server --port 8080 --save '' --dir "$DIR" --protected-mode no
    "$tcp_way" "redis" "$@" --bind 0.0.0.0
    as_native "redis on both families" "$@"
    PROBE=fcgi
    configure_fpm
    "$tcp_way" "php-fpm" "$(find /usr/sbin -name 'php-fpm[0-9]*' | sort -V | tail -n 1)" -n -F -p "$DIR" -y "$DIR/fpm.conf"
    [ "$udp_way" = as_native ] && SAID=1
    unbound=$(own_copy unbound)
    configure_unbound 'interface: 0.0.0.0'
    for PROTOCOL in tcp udp; do
        PROBE=$PROTOCOL-dns
        "$([ "$PROTOCOL" = tcp ] && echo "$tcp_way" || echo "$udp_way")" "unbound over $PROTOCOL" "$unbound" -d -c "$DIR/unbound.conf"
    done
    configure_unbound 'interface: 0.0.0.0' 'interface: ::0'
    as_native "unbound on both families" "$unbound" -d -c "$DIR/unbound.conf"
    PROBE=udp
    "$udp_way" "UDP, recvfrom" "$PYTHON" "$APPS/udp-peer.py" blocking 8080
    "$udp_way" "UDP, socketserver" "$PYTHON" "$APPS/udp-peer.py" socketserver 8080
    "$udp_way" "UDP, node" node "$APPS/udp-peer.js" 8080
    PROTOCOL=tcp PROBE=http
    # A socket for both families is none of the shim's business.
    SAID=0
    configure '[::]:8080 ipv6only=off'
    with nginx as_native "nginx on one socket for both families"
}
