#!/bin/sh
# SPDX-License-Identifier: MIT
# gunicorn 23, the last that has these, with workers of eventlet, whose hub is
# epoll; on 127.0.0.1 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=gunicorn.sh
. "$ROOT/tests/compat/gunicorn.sh"
# shellcheck disable=SC2034 # read by those
TITLE='gunicorn, eventlet' FAMILY='Application servers' WORKER=eventlet KEPT=''
PACKAGES='pip:gunicorn==23.0.0 pip:eventlet==0.41.3'
# Without the shim too, gunicorn says by chance of a worker that it replaced or
# ended: "was sent SIGTERM".
log_filter() {
    grep -v 'was sent SIG'
}

row
