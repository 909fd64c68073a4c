#!/bin/sh
# SPDX-License-Identifier: MIT
# TorchServe, whose server is in Java (Netty) and has its models in Python
# processes, which it reaches over Unix sockets. 0.0.0.0 is for IPv4 on the IPv4
# stack alone; by default it is on 127.0.0.1. PyPI's PyTorch comes with the
# gigabytes of CUDA; Debian's does not.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=java.sh
. "$ROOT/tests/compat/java.sh"
# shellcheck disable=SC2034 # read by those
TITLE='TorchServe, preferIPv4Stack' FAMILY='Model serving' PORT=8080 RULE='8080-8082' address=0.0.0.0
PACKAGES='apt:python3-torch apt:default-jdk-headless pip:torchserve==0.12.0 pip:torch-model-archiver==0.12.0'
START_SECONDS=200 CLIENT_SECONDS=40 FORM_SECONDS=1500

version() {
    printf '%s\n' "$PACKAGES" | sed 's/.*torchserve==\([^ ]*\).*/\1/'
}

# The virtual environment finds Debian's PyTorch after its own packages.
build() {
    echo /usr/lib/python3/dist-packages >"$(echo "$VENV"/lib/python3*/site-packages)/debian.pth"
    mkdir -p "$BUILD/models-$NAME" &&
        "$VENV/bin/torch-model-archiver" --force --model-name double --version 1.0 --export-path "$BUILD/models-$NAME" \
            --handler "$ROOT/tests/compat/apps/torch-double.py"
}

java_server() { # OPTION
    printf '%s\n' "inference_address=http://$address:$PORT" "management_address=http://$address:8081" \
        "metrics_address=http://$address:8082" disable_token_authorization=true default_workers_per_model=1 \
        metrics_mode=prometheus "vmargs=-Xmx256m $*" >"$DIR/config.properties"
    launch env PATH="$VENV/bin:$PATH" LOG_LOCATION="$DIR/logs" METRICS_LOCATION="$DIR/logs" TEMP="$DIR" \
        "$VENV/bin/torchserve" --foreground --ncs --ts-config "$DIR/config.properties" \
        --model-store "$BUILD/models-$NAME" --models double=double.mar
}

by_default() {
    address=127.0.0.1 java_server
}

# A prediction, and what the two other ports tell of the model.
work() { # HOST
    http "$1" /predictions/double --json '{"number": 21}' | grep -q '"double": 42.0' &&
        PORT=8081 http "$1" /models/double | grep -q '"status": "READY"' &&
        PORT=8082 http "$1" /metrics | grep -q 'ts_inference_requests_total.*double'
}

ready() { # HOST
    http "$1" /ping | grep Healthy
}

# Its access log tells the address, and this request has a name of its own.
peer() { # HOST
    asked=$(date +%s%N)
    http "$1" "/ping?asked=$asked" >/dev/null && wait_for grep -q "asked=$asked" "$LOG" &&
        grep "asked=$asked" "$LOG" | sed 's/ "GET .*//; s/.* - //; s/:[0-9]*$//; s/%[0-9]*//' | address | java_address
}

row
