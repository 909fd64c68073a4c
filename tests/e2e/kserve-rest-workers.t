#!/bin/sh
# SPDX-License-Identifier: MIT
# The same as KServe runs it with several workers: the parent binds and
# listens, forked children accept.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
forms ipv6 dual
battery 8080 "$PYTHON" "$APPS/rest.py" 8080 3
done_testing
