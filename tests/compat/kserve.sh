# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# KServe's model server with a scikit-learn model: REST at PORT, gRPC at 8081. Read
# after compat.sh. WORKERS: how many processes serve REST.
# shellcheck disable=SC2034 # read by compat.sh

PORT=8080 RULE='8080 8081' KEPT=kserve
PACKAGES='pip:kserve==0.21.0 pip:scikit-learn==1.9.1'
START_SECONDS=120 FORM_SECONDS=1000 CLIENT_SECONDS=60

ipv4_only() {
    launch "$VENV/bin/python" "$ROOT/tests/compat/apps/kserve-model.py" --http_port "$PORT" --grpc_port 8081 \
        --workers "$WORKERS"
}

by_default() {
    ipv4_only
}

# Readiness, as kubelet asks, and an inference by each protocol.
work() { # HOST
    http "$1" /v2/health/ready | grep -q true &&
        http "$1" /v1/models/iris:predict --json '{"instances": [[6.8, 2.8, 4.8, 1.4]]}' | grep -q '"predictions":\[1\]' &&
        client "$VENV/bin/python" "$ROOT/tests/compat/apps/kserve-grpc.py" "$(at "$1"):8081" | grep -qx 1
}

peer() { # HOST
    http "$1" /v2/health/ready >/dev/null && grep 'GET /v2/health/ready' "$LOG" | tail -n 1 | cut -d '"' -f 1 | address
}
