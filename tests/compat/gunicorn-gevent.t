#!/bin/sh
# SPDX-License-Identifier: MIT
# gunicorn with gevent's workers, which accept on libev's epoll; on 127.0.0.1 by
# default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=gunicorn.sh
. "$ROOT/tests/compat/gunicorn.sh"
# shellcheck disable=SC2034 # read by those
TITLE='gunicorn, gevent' FAMILY='Application servers' WORKER=gevent
row
