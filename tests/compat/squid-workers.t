#!/bin/sh
# SPDX-License-Identifier: MIT
# Squid with two workers, which its coordinator hands the listeners to. Where it
# is started by root, it executes them with two user ids, and for such programs
# the loader ignores LD_PRELOAD: hence the supervisor.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=squid.sh
. "$ROOT/tests/compat/squid.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Squid, two workers' FAMILY='Proxies and balancers' OPTIONS=--foreground CONFIGURATION='workers 2' MECHANISM=supervise
# shellcheck disable=SC2034 # read by compat.sh
NOTES='Started by root its workers are executed with two user ids, and the loader ignores LD_PRELOAD for them'

# While one worker still has the port the other may come to open it again: twice in 200
# reconfigurations without the shim.
log_filter() {
    grep -v 'FATAL: Unable to open HTTP Socket'
}

row
