#!/bin/sh
# SPDX-License-Identifier: MIT
# KServe's model server with one worker, which lets uvicorn bind.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=kserve.sh
. "$ROOT/tests/compat/kserve.sh"
# shellcheck disable=SC2034 # read by those
TITLE='KServe model server' FAMILY='Model serving' WORKERS=1
row
