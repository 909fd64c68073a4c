#!/bin/sh
# SPDX-License-Identifier: MIT
# memcached listens on all that getaddrinfo gives it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need memcached
forms dual

# The only connection is the one that asks; the others are listeners.
peer_of() {
    tr -d '\r' | sed -n 's/^STAT [0-9]*:addr tcp6*:\[*\([0-9a-f.:]*[0-9a-f]\)\]*:[0-9]*$/\1/p' | grep -vx -e 0.0.0.0 -e ::
}

ask() {
    printf 'stats conns\r\nquit\r\n' | timeout 10 "$PYTHON" "$APPS/dual-ask.py" "$@" | peer_of
}

pod_ask() {
    printf 'stats conns\r\nquit\r\n' | in_pod timeout 10 "$PYTHON" "$APPS/dual-ask.py" "$@" | peer_of
}

as_native "memcached" 11211 2 memcached -u "$(id -un)" -p 11211
done_testing
