#!/bin/sh
# SPDX-License-Identifier: MIT
# gunicorn with sync workers: binds in the arbiter, accepts in forked workers
# that block in accept.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python gunicorn gunicorn
forms ipv6 dual
battery 8080 "$PYTHON" -m gunicorn --chdir "$APPS" --worker-class sync --workers 2 \
    --worker-tmp-dir "$DIR" --bind 0.0.0.0:8080 wsgi:app
done_testing
