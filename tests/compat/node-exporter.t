#!/bin/sh
# SPDX-License-Identifier: MIT
# Prometheus' node exporter; it listens on tcp, for which Go makes sockets of
# both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Prometheus node exporter' FAMILY='Monitoring and logs' PORT=9100 MECHANISM=supervise
PACKAGES=go:github.com/prometheus/node_exporter@v1.12.1
NEVER_IPV4_ONLY='listens on tcp, both families to Go' NOT_TOLD='logs no requests'

version() {
    "$GO" version -m "$GOBIN/node_exporter" | awk '$1 == "mod" { print $3 }'
}

by_default() {
    launch "$GOBIN/node_exporter"
}

work() { # HOST
    http "$1" /metrics | grep '^node_boot_time_seconds ' >/dev/null
}

row
