#!/bin/sh
# SPDX-License-Identifier: MIT
# A FastAPI app under uvicorn, hard-coded to host="0.0.0.0", as KServe's REST
# server is: one process that lets uvicorn bind, on asyncio's own event loop.
# Also as on EKS, where IPv4 exists in the pod for egress alone.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
forms ipv6 dual eks
battery 8080 "$PYTHON" "$APPS/rest.py" 8080
done_testing
