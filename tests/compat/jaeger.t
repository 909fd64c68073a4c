#!/bin/sh
# SPDX-License-Identifier: MIT
# Jaeger, all in one, built from its module; it listens on tcp, for which Go
# makes sockets of both families by itself.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Jaeger FAMILY='Monitoring and logs' PORT=16686 MECHANISM=supervise PACKAGES=apt:golang-go
NEVER_IPV4_ONLY='listens on tcp, both families to Go' NOT_TOLD='logs no addresses' START_SECONDS=40
MODULE=github.com/jaegertracing/jaeger VERSION=v1.76.0

# It cannot be installed by name, since its module replaces others.
build() {
    [ ! -x "$GOBIN/jaeger" ] || return 0
    source=$(go_source "$MODULE@$VERSION") && cd "$source" &&
        GOFLAGS='-mod=mod -modcacherw' CGO_ENABLED=0 timeout "$INSTALL_SECONDS" "$GO" build -o "$GOBIN/jaeger" ./cmd/all-in-one
}

version() {
    echo "$VERSION"
}

by_default() {
    launch "$GOBIN/jaeger" --log-level=info
}

# A span goes in by OTLP, and its service is found.
work() { # HOST
    service=s$(date +%s%N)
    PORT=4318 http "$1" /v1/traces --json '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
        "value":{"stringValue":"'"$service"'"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
        "spanId":"eee19b7ec3c1b174","name":"work","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}' &&
        wait_for finds "$1" "$service"
}

finds() { # HOST SERVICE
    http "$1" /api/services | grep -q "$2"
}

ready() { # HOST
    http "$1" /api/services
}

# When it stops, its own gRPC client may tell, at level info, that it failed.
log_filter() {
    grep -v '"level":"info"'
}

row
