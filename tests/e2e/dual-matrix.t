#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that binds both families itself, in every order and with every
# option: each call, each name and each connection as without the shim.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
forms ipv6 dual

run_plain() {
    in_pod timeout 60 "$PYTHON" "$APPS/dual-matrix.py" 8080 >"$DIR/native" 2>"$DIR/native.log"
}

run_shimmed() {
    SHIM_LOG=$DIR/shim-info.log
    rm -f "$SHIM_LOG"
    in_pod timeout 60 env LD_PRELOAD="$LIB" DUALBIND_ALLOW="$ALLOW" DUALBIND_LOG="info:$SHIM_LOG" \
        "$PYTHON" "$APPS/dual-matrix.py" 8080 >"$DIR/shimmed" 2>"$DIR/shimmed.log"
}

# The socket that a child serves on too cannot yield: it stays, and takes IPv6
# clients. Each call and each connection still succeeds or fails as natively; who
# accepts, and under which name, is the known difference. See docs/design.md, D5.
same_calls() {
    for part in native shimmed; do
        grep -E 'a child holds it.*: (bind|listen|connect) ' "$DIR/$part" |
            sed 's/ accepted by.*//' >"$DIR/$part.part"
    done
    same "$DIR/native.part" "$DIR/shimmed.part"
}

same_otherwise() {
    for part in native shimmed; do grep -v 'a child holds it' "$DIR/$part" >"$DIR/$part.part"; done
    same "$DIR/native.part" "$DIR/shimmed.part"
}

compare() {
    ok "$ALLOW: runs" run_shimmed
    ok "$ALLOW: as without the shim" same_otherwise
    ok "$ALLOW: with a child that holds the socket: calls as without the shim" same_calls
    ok "$ALLOW: no trouble" no_trouble
    ok "$ALLOW: the shim had something to do" grep -q ' yielded ' "$SHIM_LOG"
}

ok "runs without the shim" run_plain
ok "serves both families" grep -q "connect ::1 ok accepted by ('::', '::1', '::1') right peer: True" "$DIR/native"
each_rules compare
done_testing
