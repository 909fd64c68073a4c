#!/bin/sh
# SPDX-License-Identifier: MIT
# A Streamlit application with server.address=0.0.0.0, and with its own default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Streamlit FAMILY='Model serving' PORT=8501 PACKAGES=pip:streamlit==1.67.0
START_SECONDS=40 NOT_TOLD='logs no requests'

streamlit() { # OPTION...
    echo 'import streamlit; streamlit.write("hello")' >"$DIR/app.py"
    launch env HOME="$DIR" "$VENV/bin/streamlit" run "$DIR/app.py" --server.port "$PORT" --server.headless true \
        --browser.gatherUsageStats false --server.fileWatcherType none "$@"
}

ipv4_only() {
    streamlit --server.address 0.0.0.0
}

by_default() {
    streamlit
}

# The page, and its WebSocket as far as the change of protocols.
work() { # HOST
    http "$1" /_stcore/health | grep -qx ok && http "$1" / | grep -q '<title>Streamlit' &&
        http "$1" /_stcore/stream --http1.1 --max-time 1 --output /dev/null --write-out '%{http_code}' \
            --header 'Connection: Upgrade' --header 'Upgrade: websocket' --header 'Sec-WebSocket-Version: 13' \
            --header 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==' | grep -qx 101
}

row
