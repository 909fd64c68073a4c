#!/bin/sh
# SPDX-License-Identifier: MIT
# The OpenTelemetry Collector, built from its modules, with receivers on the
# network tcp4; with tcp, its default, Go serves both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='OpenTelemetry Collector' FAMILY='Monitoring and logs' PORT=4318 RULE='4317 4318' MECHANISM=supervise
PACKAGES=go:go.opentelemetry.io/collector/cmd/builder@v0.162.0
NOT_TOLD='logs no addresses'

build() {
    collector=$GOBIN/source/collector
    [ ! -x "$collector" ] || return 0
    sed "s|^dist:|&\n  output_path: $GOBIN/source|" "$ROOT/tests/compat/apps/otel-builder.yaml" >"$GOBIN/builder.yaml" &&
        PATH=$(dirname "$GO"):$PATH CGO_ENABLED=0 timeout "$INSTALL_SECONDS" "$GOBIN/builder" --config "$GOBIN/builder.yaml"
}

version() {
    "$GOBIN/source/collector" --version | awk '{ print $NF }'
}

collector() { # TRANSPORT
    cat >"$DIR/collector.yaml" <<END
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "0.0.0.0:4317", transport: $1}
      http: {endpoint: "0.0.0.0:$PORT", transport: $1}
exporters:
  debug: {verbosity: detailed}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    logs: {receivers: [otlp], exporters: [debug]}
END
    launch "$GOBIN/source/collector" --config "file:$DIR/collector.yaml"
}

ipv4_only() {
    collector tcp4
}

by_default() {
    collector tcp
}

# A log record goes in, and is exported, into the log. gRPC answers HTTP/2.
work() { # HOST
    record=$(date +%s%N)
    http "$1" /v1/logs --json \
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"said '"$record"'"}}]}]}]}' &&
        wait_for grep -q "said $record" "$LOG" && client curl --silent --noproxy '*' --http2-prior-knowledge \
            --header 'Content-Type: application/grpc' --data-binary '' --dump-header - --output /dev/null \
            "http://$(at "$1"):4317/opentelemetry.proto.collector.logs.v1.LogsService/Export" | grep -qi '^grpc-status:'
}

row
