#!/bin/sh
# SPDX-License-Identifier: MIT
# A Gradio application, which listens on 127.0.0.1 unless it is told otherwise: a
# rule promotes that, and nothing else does.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Gradio, by the promotion rule' FAMILY='Model serving' PORT=7860 RULE=127.0.0.1:7860 PROMOTED=1
PACKAGES=pip:gradio==6.31.0 START_SECONDS=60 CLIENT_SECONDS=30 FORM_SECONDS=400

ipv4_only() {
    launch env GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1 HOME="$DIR" \
        "$VENV/bin/python" "$ROOT/tests/compat/apps/gradio-app.py" serve
}

by_default() {
    ipv4_only
}

ready() { # HOST
    http "$1" /config
}

work() { # HOST
    peer "$1" | grep .
}

peer() { # HOST
    client "$VENV/bin/python" "$ROOT/tests/compat/apps/gradio-app.py" ask "http://$(at "$1"):$PORT/" | address
}

row
