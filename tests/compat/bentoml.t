#!/bin/sh
# SPDX-License-Identifier: MIT
# BentoML, whose parent process binds and gives the socket to its workers; on
# 0.0.0.0 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=BentoML FAMILY='Model serving' PORT=3000 PACKAGES=pip:bentoml==1.4.30
START_SECONDS=120 CLIENT_SECONDS=30 FORM_SECONDS=1200

ipv4_only() {
    cp "$ROOT/tests/compat/apps/bento.py" "$DIR"
    launch env HOME="$DIR" BENTOML_HOME="$DIR/bentoml" BENTOML_DO_NOT_TRACK=True PATH="$VENV/bin:$PATH" \
        "$VENV/bin/bentoml" serve bento:Double --working-dir "$DIR" --port "$PORT"
}

by_default() {
    ipv4_only
}

work() { # HOST
    http "$1" /readyz && http "$1" /double --json '{"number": 21}' | grep -qx 42
}

peer() { # HOST
    http "$1" /peer --json '{}' | address
}

row
