#!/bin/sh
# SPDX-License-Identifier: MIT
# node's http server. A client that has gone before node asks for its address
# has none: then the answer would be empty.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need node nodejs
forms ipv6 dual
battery 8080 node "$APPS/peer.js" 0.0.0.0 8080
done_testing
