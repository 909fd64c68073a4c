#!/bin/sh
# SPDX-License-Identifier: MIT
# uvicorn in one process, which binds by asyncio.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=uvicorn.sh
. "$ROOT/tests/compat/uvicorn.sh"
# shellcheck disable=SC2034 # read by those
TITLE=uvicorn FAMILY='Application servers' OPTIONS=''
row
