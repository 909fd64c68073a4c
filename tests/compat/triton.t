#!/bin/sh
# SPDX-License-Identifier: MIT
# NVIDIA's Triton inference server as PyTriton brings it: HTTP, gRPC and metrics,
# each on 0.0.0.0 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Triton inference server' FAMILY='Model serving' PORT=8000 RULE='8000-8002' PACKAGES=pip:nvidia-pytriton==0.7.0
START_SECONDS=120 CLIENT_SECONDS=40 FORM_SECONDS=1000 NOT_TOLD='logs no addresses'

version() {
    printf '%s\n' "$PACKAGES" | sed 's/.*==/PyTriton /'
}

ipv4_only() {
    launch env HOME="$DIR" "$VENV/bin/python" "$ROOT/tests/compat/apps/triton-app.py"
}

by_default() {
    ipv4_only
}

work() { # HOST
    http "$1" /v2/models/double/infer --json \
        '{"inputs": [{"name": "number", "shape": [1, 1], "datatype": "FP32", "data": [21]}]}' | grep -q '"data":\[42.0\]' &&
        PORT=8002 http "$1" /metrics | grep -q '^nv_inference_request_success{' &&
        client "$VENV/bin/python" "$ROOT/tests/compat/apps/triton-app.py" "$(at "$1"):8001"
}

row
