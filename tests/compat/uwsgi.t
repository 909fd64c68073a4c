#!/bin/sh
# SPDX-License-Identifier: MIT
# uWSGI whose workers accept.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=uwsgi.sh
. "$ROOT/tests/compat/uwsgi.sh"
# shellcheck disable=SC2034 # read by those
TITLE=uWSGI FAMILY='Application servers' LISTEN=--http-socket
row
