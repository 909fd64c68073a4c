#!/bin/sh
# haproxy, whose new worker gets the listeners from the old one, over a socket.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=haproxy.sh
. "$ROOT/tests/compat/haproxy.sh"
# shellcheck disable=SC2034 # read by those
TITLE=haproxy FAMILY='Proxies and balancers' QUICK=1
# shellcheck disable=SC2154 # DIR: lib.sh
prepare() {
    SOCKET="stats socket $DIR/haproxy.sock mode 600 level admin expose-fd listeners"
}
row
