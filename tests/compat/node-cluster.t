#!/bin/sh
# SPDX-License-Identifier: MIT
# node's cluster: the primary accepts, and hands connections to its workers.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$ROOT/tests/compat/node.sh"
# shellcheck disable=SC2034 # read by those
TITLE='node, cluster' FAMILY='Programming languages' WORKERS=2 POLICY=rr
row
