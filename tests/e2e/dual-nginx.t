#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx with a listener for each family, as distributions configure it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
need nginx nginx-light
forms dual

nginx_as_native() { # NAME N LISTEN...
    nginx_name=$1 nginx_count=$2
    shift 2
    configure "$@"
    as_native "$nginx_name" 8080 "$nginx_count" nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
}

nginx_as_native "IPv4 first" 2 8080 '[::]:8080'
nginx_as_native "IPv6 first" 2 '[::]:8080' 8080
nginx_as_native "reuseport, IPv4 first" 4 '8080 reuseport' '[::]:8080 reuseport'
nginx_as_native "reuseport, IPv6 first" 4 '[::]:8080 reuseport' '8080 reuseport'

set -- nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
configure 8080 '[::]:8080 ipv6only=off'
fails_as_native "ipv6only=off" 8080 "$@"

# ---- nginx -s reload -----------------------------------------------------

workers() {
    pgrep -P "$SERVER_PID" | sort
}

reloaded_or_refused() {
    [ -z "$(printf '%s\n' "$old_workers" "$(workers)" | sort | uniq -d)" ] ||
        grep -q 'still could not bind' "$LOG"
}

reload() { # N LISTEN...
    reload_count=$1
    shift
    echo "reload: $*"
    configure "$@"
    old_workers=$(workers)
    in_pod nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -s reload
    wait_for reloaded_or_refused || echo "does not reload"
    # IPv4 alone is the shim's to convert.
    [ "$reload_count" = 1 ] || observe 8080 "$reload_count"
    echo "over IPv4: $(get "$POD_IP4")"
}

stop_and_tell() {
    stop
    echo "stops with $STOP_STATUS"
    said_without_numbers
}

reload_to_one() { # COMMAND...
    configure 8080 '[::]:8080'
    "$@"
    reload 2 8080 '[::]:8080'
    reload 1 8080
    reload 2 '[::]:8080' 8080
    stop_and_tell
}

# The old workers still serve on the socket that would have to yield. It stays,
# with the new one beside it, and takes the IPv6 clients until nginx starts anew:
# a known difference, and the only one. See docs/design.md, D5.
expect_kept_socket() {
    sed -e 's/^0\.0\.0\.0:8080 backlog=511 inet$/*:8080 backlog=511 v6only:0/' \
        -e "s/shows: $NODE_IP6\$/shows: $(synthetic "$SHIM_LOG" "$NODE_IP6")/" \
        -e 's/shows: ::1$/shows: 127.0.0.1/' "$DIR/native" >"$DIR/kept" && mv "$DIR/kept" "$DIR/native"
}

reload_to_two() { # COMMAND...
    configure 8080
    "$@"
    reload 2 8080 '[::]:8080'
    reload 1 8080
    stop_and_tell
}

# nginx refuses that configuration, and goes on with the one it has.
reload_refused() { # COMMAND...
    configure 8080
    "$@"
    reload 1 8080 '[::]:8080 ipv6only=off'
    reload 1 8080
    stop_and_tell
}

every_answer_comes() {
    ! grep -E '(shows|over IPv4): $|fewer|does not' "$DIR/shimmed"
}

compare_reloads() {
    "$record_reloads" try_serve 8080 "$@" >"$DIR/shimmed"
    [ "$record_reloads" != reload_to_two ] || expect_kept_socket
    ok "$dual_name: $ALLOW: as without the shim" same "$DIR/native" "$DIR/shimmed"
    ok "$dual_name: $ALLOW: no trouble" no_trouble
    ok "$dual_name: $ALLOW: every answer comes" every_answer_comes
}

for record_reloads in reload_to_one reload_to_two reload_refused; do
    dual_name=$record_reloads
    "$record_reloads" try_plain 8080 "$@" >"$DIR/native"
    is "$(grep -c "over IPv4: $NODE_IP4" "$DIR/native")" "$(grep -c '^reload' "$DIR/native")" \
        "$dual_name: without the shim: answers after each reload"
    each_rules compare_reloads "$@"
done
done_testing
