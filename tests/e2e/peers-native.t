#!/bin/sh
# SPDX-License-Identifier: MIT
# DUALBIND_PEERS=native: a program that copes with IPv6 addresses, as node
# does, is shown the real ones. IPv4 clients are still IPv4 clients.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need node nodejs
forms ipv6 dual
# shellcheck disable=SC2034 # read by serve
SHIM_ENV=DUALBIND_PEERS=native
ok "starts" serve 8080 node "$APPS/peer.js" 0.0.0.0 8080
is "$(get "$POD_IP6")" "$NODE_IP6" "an IPv6 client is shown as itself"
is "$(pod_get ::1)" ::1 "::1 is shown as itself"
is "$(pod_get 127.0.0.1)" 127.0.0.1 "127.0.0.1 is shown as itself"
[ -z "$POD_IP4" ] || is "$(get "$POD_IP4")" "$NODE_IP4" "an IPv4 client is shown as itself"
is "$(synthetic "$SHIM_LOG" "$NODE_IP6")" "" "no synthetic address is made"
stop
done_testing
