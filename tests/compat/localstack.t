#!/bin/sh
# SPDX-License-Identifier: MIT
# LocalStack, started as in its image but on the host: GATEWAY_LISTEN says where.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=LocalStack FAMILY='Test doubles of other systems' PORT=4566
PACKAGES='pip:localstack-core[base-runtime]==4.3.0 pip:cbor2==5.6.5 pip:pyOpenSSL==25.1.0
    pip:service-identity==24.2.0' START_SECONDS=60 CLIENT_SECONDS=30 FORM_SECONDS=400
NO_DEFAULT='in its image GATEWAY_LISTEN is set to 0.0.0.0'
NOT_TOLD='logs no addresses'

ipv4_only() {
    launch env HOME="$DIR" GATEWAY_LISTEN="0.0.0.0:$PORT" SERVICES=s3 SKIP_INFRA_DOWNLOADS=1 DISABLE_EVENTS=1 \
        DNS_ADDRESS=0 SKIP_SSL_CERT_DOWNLOAD=1 FILESYSTEM_ROOT="$DIR" LOCALSTACK_VOLUME_DIR="$DIR" EAGER_SERVICE_LOADING=1 \
        "$VENV/bin/python" -m localstack.runtime.main
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/s3-work.py" "http://$(at "$1"):$PORT"
}

ready() { # HOST
    http "$1" /_localstack/health | grep -q s3
}

row
