#!/bin/sh
# SPDX-License-Identifier: MIT
# 127.0.0.1:PORT in the allowlist makes a loopback listener reachable from
# outside; PORT alone does not.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need node nodejs
forms ipv6 dual
set -- node "$APPS/peer.js" 127.0.0.1 8080

ok "starts without the shim" serve_plain 8080 "$@"
ok "without the shim: refused over IPv6" refused "$POD_IP6"
[ -z "$POD_IP4" ] || ok "without the shim: refused over IPv4" refused "$POD_IP4"
stop

ALLOW=8080
ok "starts with 8080 allowed" serve 8080 "$@"
is "$(listeners 8080)" "127.0.0.1 inet" "8080 alone leaves a loopback listener alone"
ok "8080 alone: refused over IPv6" refused "$POD_IP6"
stop

# shellcheck disable=SC2034 # read by serve
ALLOW=127.0.0.1:8080
ok "starts with 127.0.0.1:8080 allowed" serve 8080 "$@"
is "$(listeners 8080)" ":: inet6 v6only=0" "127.0.0.1:8080 listens for everyone"
battery_peers 8080
stop
done_testing
