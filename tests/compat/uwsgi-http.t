#!/bin/sh
# SPDX-License-Identifier: MIT
# uWSGI with its own HTTP router, a process that passes requests on to the
# workers.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=uwsgi.sh
. "$ROOT/tests/compat/uwsgi.sh"
# shellcheck disable=SC2034 # read by those
TITLE='uWSGI, HTTP router' FAMILY='Application servers' LISTEN='--plugin http --http'
row
