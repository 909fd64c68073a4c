#!/bin/sh
# SPDX-License-Identifier: MIT
# MinIO, built from its module. For --address Go makes sockets of both families by
# itself; for --console-address 0.0.0.0 the console listens on tcp4.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=MinIO FAMILY='Data stores' PORT=9001 MECHANISM=supervise START_SECONDS=60 CLIENT_SECONDS=30 FORM_SECONDS=600
PACKAGES='go:github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c pip:minio==7.2.20' INSTALL_SECONDS=2000
NOTES='IPv4 alone is its console; its API serves both families by itself'

version() {
    "$GO" version -m "$GOBIN/minio" | awk '$1 == "mod" { print $3 }'
}

minio() { # ADDRESS
    rm -rf "$DIR/data"
    launch env HOME="$DIR" MINIO_UPDATE=off "$GOBIN/minio" server --address "$1:9000" --console-address "$1:$PORT" "$DIR/data"
}

ipv4_only() {
    minio 0.0.0.0
}

by_default() {
    minio ''
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/minio-work.py" "$(at "$1")" 9000 "$PORT"
}

peer() { # HOST
    work "$1" | address
}

row
