#!/bin/sh
# SPDX-License-Identifier: MIT
# Ray Serve, whose HTTP proxy is a worker process of Ray's, on 0.0.0.0; on
# 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Ray Serve' FAMILY='Model serving' PORT=8000 PACKAGES='pip:ray[serve]==2.60.0'
START_SECONDS=120 CLIENT_SECONDS=30 FORM_SECONDS=1200 STOP_SIGNAL=INT

serve_model() { # HOST
    launch env HOME="$DIR" RAY_USAGE_STATS_ENABLED=0 "$VENV/bin/python" "$ROOT/tests/compat/apps/ray-app.py" "$1" "$PORT"
}

ipv4_only() {
    serve_model 0.0.0.0
}

by_default() {
    serve_model 127.0.0.1
}

work() { # HOST
    http "$1" / --json '{"number": 21}' | grep -q '"double":42'
}

peer() { # HOST
    http "$1" / --json '{"number": 21}' | address
}

row
