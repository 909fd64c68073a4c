#!/bin/sh
# SPDX-License-Identifier: MIT
# asyncio, host=None: it binds both families in the order of a set of strings,
# which the hash seed decides. Many starts, with seeds of ours, see both orders.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need_python asyncio python3
forms dual

# The order itself may differ: it depends on getaddrinfo's, too.
said() {
    grep -v '^order:' "$LOG"
}

once() { # try_plain|try_serve SEED [reuse_port]
    "$1" 8080 env PYTHONHASHSEED="$2" "$PYTHON" "$APPS/dual-asyncio.py" 8080 ${3:+"$3"} || echo "does not start"
    observe 8080 2
    grep '^order:' "$LOG" >>"$DIR/$1.orders"
    stop
    echo "stops with $STOP_STATUS"
    said_without_numbers
}

many_starts() { # [reuse_port]
    for seed in 1 2 3 4 5 6 7 8 9 10; do
        once try_plain "$seed" "$@" >"$DIR/native"
        cat "$DIR/native" >>"$DIR/all"
        for ALLOW in "$ANY_RULES" "$HARSH_RULES"; do
            once try_serve "$seed" "$@" >"$DIR/shimmed"
            ok "seed $seed ${1:-}: $ALLOW: as without the shim" same "$DIR/native" "$DIR/shimmed"
        done
    done
}

many_starts
many_starts reuse_port
is "$(grep -c "^$POD_IP6 asked from the node shows: $NODE_IP6\$" "$DIR/all")" 20 "it is dual by itself"
is "$(sort -u "$DIR/try_serve.orders" | wc -l)" 2 "both orders were seen with the shim"
done_testing
