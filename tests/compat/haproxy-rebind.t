#!/bin/sh
# haproxy, whose new worker binds anew, beside the old one (SO_REUSEPORT).
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=haproxy.sh
. "$ROOT/tests/compat/haproxy.sh"
# shellcheck disable=SC2034 # read by those
TITLE='haproxy, binding anew' FAMILY='Proxies and balancers'
row
