#!/bin/sh
# SPDX-License-Identifier: MIT
# node's cluster in which each worker accepts at the primary's listener.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$ROOT/tests/compat/node.sh"
# shellcheck disable=SC2034 # read by those
TITLE='node, cluster, SCHED_NONE' FAMILY='Programming languages' WORKERS=2 POLICY=none
row
