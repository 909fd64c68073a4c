#!/bin/sh
# SPDX-License-Identifier: MIT
# An exporter made with Prometheus' Python client, which listens on 0.0.0.0.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Prometheus client for Python' FAMILY='Monitoring and logs' PORT=8000
PACKAGES=pip:prometheus-client==0.26.0 NOT_TOLD='logs no requests'

ipv4_only() {
    launch "$VENV/bin/python" -c 'import prometheus_client, sys
server, thread = prometheus_client.start_http_server(int(sys.argv[1]))
thread.join()' "$PORT"
}

by_default() {
    ipv4_only
}

work() { # HOST
    http "$1" /metrics | grep -q '^python_info{'
}

row
