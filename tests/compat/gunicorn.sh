# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# gunicorn with one kind of workers. Read by rows after compat.sh, which set
# TITLE and WORKER; with --reuse-port where REUSE_PORT is set. HUP replaces the
# workers.

# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"

# shellcheck disable=SC2034 # read by compat.sh
PORT=8000 KEPT=gunicorn \
    PACKAGES='pip:gunicorn==27.0.1 pip:gevent==26.9.0 pip:eventlet==0.41.3 pip:packaging==25.0'

gunicorn() { # OPTION...
    # shellcheck disable=SC2086 # words
    launch "$VENV/bin/gunicorn" --chdir "$APPS" --worker-class "$WORKER" --workers 2 --worker-tmp-dir "$DIR" \
        --graceful-timeout 2 ${REUSE_PORT:+--reuse-port} "$@" wsgi:app
}

ipv4_only() {
    gunicorn --bind "0.0.0.0:$PORT"
}

by_default() {
    gunicorn
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" && reload HUP && ready "$1"
}

peer() { # HOST
    http "$1" /
}
