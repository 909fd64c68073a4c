# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# One of Debian's releases: its own servers, unmodified, in its own root file
# system. Read by release-*.t.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

serves_in() { # RELEASE GLIBC (a pattern)
    need redis-cli redis-tools
    make_root "$1" "$(native)" coreutils python3 redis-server
    forms ipv6 dual
    # shellcheck disable=SC2086 # words
    set -- "$2" $INSIDE
    wanted=$1
    shift
    glibc=$("$@" /usr/bin/python3 -c 'import platform; print(platform.libc_ver()[1])')
    # shellcheck disable=SC2254 # a pattern
    case $glibc in
    $wanted) result ok "its glibc is $glibc" ;;
    *) fail "its glibc is $glibc" ;;
    esac
    cp "$ROOT/build/tests/process/snippets/deep_module.so" "$DIR"
    is "$(in_pod env LD_PRELOAD="$LIB" DUALBIND_ALLOW='*/any' "$@" /usr/bin/python3 "$APPS/deep.py" "$DIR/deep_module.so")" \
        '2 2 2' 'a module that is loaded with RTLD_DEEPBIND'
    diag "python3 -m http.server"
    battery_http_log 8080 "$@" /usr/bin/python3 -m http.server --directory /mnt --bind 0.0.0.0 8080
    diag "python3, UDP"
    battery_datagrams 5000 "$@" /usr/bin/python3 "$APPS/udp-peer.py" asyncio 5000
    diag "redis-server"
    battery_redis 6379 "$@" /usr/bin/redis-server --bind 0.0.0.0 --save '' --dir /mnt --protected-mode no
    done_testing
}
