#!/bin/sh
# SPDX-License-Identifier: MIT
# uvicorn with two workers, which its parent spawns and hands the socket to.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=uvicorn.sh
. "$ROOT/tests/compat/uvicorn.sh"
# shellcheck disable=SC2034 # read by those
TITLE='uvicorn, two workers' FAMILY='Application servers' OPTIONS='--workers 2'
row
