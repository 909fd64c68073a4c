#!/bin/sh
# Beside other preloaded libraries, before them and after them: an allocator
# (jemalloc), one that hooks time (libfaketime), one that hooks files
# (libeatmydata), and all at once.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need redis-server
need redis-cli redis-tools
forms ipv6

library() { # NAME
    find /usr/lib/*/"$1" /usr/lib/*/faketime/"$1" 2>/dev/null | head -n 1
}

jemalloc=$(library libjemalloc.so.2)
faketime=$(library libfaketime.so.1)
eatmydata=$(library libeatmydata.so)
ok "they are installed" [ -e "$jemalloc" -a -e "$faketime" -a -e "$eatmydata" ]

# Which the server has in fact, and what they do to it.
beside() { # WORDS PORT COMMAND...
    order=$1
    shift
    SHIM_ENV="LD_PRELOAD=$order FAKETIME=+400d DONT_FAKE_MONOTONIC=1"
    "$battery" "$@"
    ok "starts once more" serve "$@"
    is "$(for one in $(echo "$order" | tr : ' '); do grep -c "$(readlink -f "$one")" "/proc/$SERVER_PID/maps"; done |
        grep -c '^0$')" 0 "all are loaded"
    stop
}

for order in "$jemalloc:$LIB" "$LIB:$jemalloc" "$faketime:$LIB" "$LIB:$faketime" "$eatmydata:$LIB" "$LIB:$eatmydata" \
    "$jemalloc:$faketime:$LIB:$eatmydata"; do
    diag "$order"
    battery=battery_tcp
    beside "$order" 8080 "$ROOT/build/tests/server" tcp 8080
    battery=battery_datagrams
    PROTOCOL=udp beside "$order" 5000 "$ROOT/build/tests/server" udp 5000
    battery=battery_http_log
    beside "$order" 8081 "$PYTHON" -m http.server --directory "$DIR" --bind 0.0.0.0 8081
    battery=battery_redis
    beside "$order" 6379 redis-server --bind 0.0.0.0 --save '' --dir "$DIR" --protected-mode no
done

# They still do what they are for.
# shellcheck disable=SC2016 # for the pod's shell
is "$(in_pod env LD_PRELOAD="$LIB:$faketime" FAKETIME=+400d DUALBIND_ALLOW='*' date +%Y-%m-%d)" \
    "$(date -d '+400 days' +%Y-%m-%d)" "libfaketime: another date"
done_testing
