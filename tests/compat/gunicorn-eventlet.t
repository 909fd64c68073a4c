#!/bin/sh
# gunicorn 23 (the last with these) with eventlet's workers, whose hub is epoll; on 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=gunicorn.sh
. "$ROOT/tests/compat/gunicorn.sh"
# shellcheck disable=SC2034 # read by those
TITLE='gunicorn, eventlet' FAMILY='Application servers' WORKER=eventlet
PACKAGES='pip:gunicorn==23.0.0 pip:eventlet==0.41.3'
row
