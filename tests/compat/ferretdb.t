#!/bin/sh
# SPDX-License-Identifier: MIT
# FerretDB, which speaks MongoDB's protocol, over SQLite. By itself it listens on
# 127.0.0.1, from where it is promoted (which MPTCP, Go's default, cannot be); in its
# image on tcp, both families to Go.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='FerretDB (MongoDB protocol)' FAMILY='Data stores' PORT=27017 MECHANISM=supervise
PROMOTED=1 RULE=127.0.0.1:27017 START_SECONDS=60 CLIENT_SECONDS=20 FORM_SECONDS=400
PACKAGES='apt:golang-go pip:pymongo==4.13.2' VERSION=v1.24.2

# It cannot be installed by name, since it refuses to run without a file that
# tells its version.
build() {
    [ ! -x "$GOBIN/ferretdb" ] || return 0
    source=$(go_source "github.com/FerretDB/FerretDB@$VERSION") && rm -rf "$GOBIN/source" &&
        cp -r --no-preserve=mode "$source" "$GOBIN/source" && cd "$GOBIN/source" && echo "$VERSION" >build/version/version.txt &&
        CGO_ENABLED=0 timeout "$INSTALL_SECONDS" "$GO" build -buildvcs=false -o "$GOBIN/ferretdb" ./cmd/ferretdb
}

version() {
    echo "$VERSION"
}

ferretdb() { # ADDRESS
    mkdir -p "$DIR/data"
    launch env HOME="$DIR" GODEBUG=multipathtcp=0 "$GOBIN/ferretdb" --handler=sqlite --sqlite-url="file:$DIR/data/" --state-dir="$DIR/data" \
        --telemetry=disable --listen-addr="$1:$PORT"
}

ipv4_only() {
    ferretdb 127.0.0.1
}

by_default() {
    ferretdb ''
}

work() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/mongo-work.py" "$(at "$1")" "$PORT"
}

peer() { # HOST
    work "$1" | address
}

row
