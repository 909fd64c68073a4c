#!/bin/sh
# SPDX-License-Identifier: MIT
# gunicorn with gthread workers: binds in the arbiter, accepts in forked workers
# that accept on a non-blocking socket and hand it to threads.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python gunicorn gunicorn
forms ipv6 dual
battery 8080 "$PYTHON" -m gunicorn --chdir "$APPS" --worker-class gthread --workers 2 \
    --threads 4 --worker-tmp-dir "$DIR" --bind 0.0.0.0:8080 wsgi:app
done_testing
