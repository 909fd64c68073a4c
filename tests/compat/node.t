#!/bin/sh
# SPDX-License-Identifier: MIT
# node's http server; without an address it listens on :: for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$ROOT/tests/compat/node.sh"
# shellcheck disable=SC2034 # read by those
TITLE='node, http' FAMILY='Programming languages' QUICK=1
row
