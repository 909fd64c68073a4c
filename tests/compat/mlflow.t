#!/bin/sh
# SPDX-License-Identifier: MIT
# MLflow's tracking server with --host 0.0.0.0; on 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=MLflow FAMILY='Model serving' PORT=5000 PACKAGES='pip:mlflow==3.5.1 pip:SQLAlchemy==2.0.44'
START_SECONDS=120 CLIENT_SECONDS=30 FORM_SECONDS=1200

tracking() { # OPTION...
    launch env HOME="$DIR" PATH="$VENV/bin:$PATH" "$VENV/bin/mlflow" server --port "$PORT" --workers 1 \
        --backend-store-uri "sqlite:///$DIR/store.db" --artifacts-destination "$DIR/artifacts" --allowed-hosts '*' "$@"
}

ipv4_only() {
    tracking --host 0.0.0.0
}

by_default() {
    tracking
}

# An experiment is made, and is there.
work() { # HOST
    experiment=e$(date +%s%N)
    http "$1" /api/2.0/mlflow/experiments/create --json "{\"name\": \"$experiment\"}" | grep -q experiment_id &&
        http "$1" "/api/2.0/mlflow/experiments/get-by-name?experiment_name=$experiment" | grep -q "$experiment"
}

ready() { # HOST
    http "$1" /health
}

# Its access log tells the address, and this request has a name of its own.
peer() { # HOST
    asked=$(date +%s%N)
    http "$1" "/health?asked=$asked" >/dev/null && wait_for grep -q "asked=$asked" "$LOG" &&
        grep "asked=$asked" "$LOG" | sed 's/.*INFO: *//; s/ - .*//; s/:[0-9]*$//' | address
}

row
