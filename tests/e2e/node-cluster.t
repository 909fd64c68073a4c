#!/bin/sh
# SPDX-License-Identifier: MIT
# node's cluster: the primary binds and accepts, and sends accepted sockets to
# its workers over a Unix socket.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need node nodejs
forms ipv6 dual
battery 8080 node "$APPS/peer.js" 0.0.0.0 8080 2
done_testing
