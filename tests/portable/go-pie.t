#!/bin/sh
# SPDX-License-Identifier: MIT
# A position-independent program in Go: its loader loads the library, and a C
# library for it, which the program knows nothing of. It must run as without.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
program=$ROOT/build/tests/go-pie
[ "${E2E_INSIDE:-}" ] || [ -e "$program" ] || skip_all "the servers in Go are not built (Debian: golang-go)"
forms ipv6 dual

runs() { # HOW
    is "$(listeners 8080)" "0.0.0.0 inet" "$1: listens as it says"
    ok "$1: refused over IPv6" refused "$POD_IP6"
    is "$(pod_get 127.0.0.1)" 127.0.0.1 "$1: shows who asks"
    [ -z "$POD_IP4" ] || is "$(get "$POD_IP4")" "$NODE_IP4" "$1: answers over IPv4"
    is "$(in_pod sh -c 'for i in 1 2 3 4 5 6 7 8; do curl -s --noproxy "*" "http://127.0.0.1:8080/?[1-50]" & done; wait' |
        grep -o 127.0.0.1 | wc -l)" 400 "$1: 400 connections, eight at a time"
    threads=$(find "/proc/$SERVER_PID/task" -mindepth 1 -maxdepth 1 | wc -l)
    ok "$1: has threads" [ "$threads" -gt 1 ]
}

is "$(readelf -d "$program" | grep -c NEEDED)" 0 "it needs no library"
ok "it has a loader" sh -c "readelf -l '$program' | grep -q 'interpreter: '"
ok "starts without the library" serve_plain 8080 "$program" tcp4 8080
runs without
stop
status=$STOP_STATUS
ok "starts with the library" serve 8080 "$program" tcp4 8080
ok "the library is in it" grep -q "$LIB" "/proc/$SERVER_PID/maps"
runs with
stop
is "$STOP_STATUS" "$status" "stops as without the library"
is "$(cat "$LOG" "$SHIM_LOG")" "" "nothing is said"
ok "cycles" sh -c "[ \"\$('$ROOT/scripts/pod' exec env LD_PRELOAD='$LIB' DUALBIND_ALLOW='*' '$program' cycles 8081)\" = \"\$('$ROOT/scripts/pod' exec '$program' cycles 8081)\" ]"
done_testing
