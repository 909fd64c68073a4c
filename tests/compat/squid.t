#!/bin/sh
# SPDX-License-Identifier: MIT
# Squid as one process (-N), as images run it.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=squid.sh
. "$ROOT/tests/compat/squid.sh"
# shellcheck disable=SC2034 # read by those
TITLE=Squid FAMILY='Proxies and balancers' OPTIONS=-N
row
