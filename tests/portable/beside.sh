# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Beside another preloaded library. Read by beside-*.t.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

preloaded() { # NAME
    find /usr/lib/*/"$1" /usr/lib/*/faketime/"$1" 2>/dev/null | head -n 1
}

# SHIM_ENV may hold settings of the other library's.
beside() { # LIBRARY... (colons between)
    settings=${SHIM_ENV:-}
    for order in "$1:$LIB" "$LIB:$1"; do
        diag "$order"
        SHIM_ENV="$settings LD_PRELOAD=$order"
        battery_tcp 8080 "$ROOT/build/tests/server" tcp 8080
        battery_datagrams 5000 "$ROOT/build/tests/server" udp 5000
        battery_http_log 8081 "$PYTHON" -m http.server --directory "$DIR" --bind 0.0.0.0 8081
        ok "starts once more" serve 8080 "$ROOT/build/tests/server" tcp 8080
        for one in $(echo "$order" | tr : ' '); do
            ok "${one##*/} is loaded" grep -q "$(readlink -f "$one")" "/proc/$SERVER_PID/maps"
        done
        stop
    done
}

beside_redis() { # LIBRARY
    for order in "$1:$LIB" "$LIB:$1"; do
        SHIM_ENV="LD_PRELOAD=$order"
        battery_redis 6379 redis-server --bind 0.0.0.0 --save '' --dir "$DIR" --protected-mode no
    done
}
