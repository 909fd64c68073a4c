#!/bin/sh
# SPDX-License-Identifier: MIT
# KServe's model server with two workers, which are given the socket.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=kserve.sh
. "$ROOT/tests/compat/kserve.sh"
# shellcheck disable=SC2034 # read by those
TITLE='KServe model server, two workers' FAMILY='Model serving' WORKERS=2
row
