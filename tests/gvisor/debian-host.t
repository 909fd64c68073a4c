#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's gVisor, with the machine's network stack: each server as without the shim.
RUNSC=/usr/bin/runsc NETWORK=host
# shellcheck source-path=SCRIPTDIR source=gvisor.sh
. "$(dirname "$0")/gvisor.sh"

# A socket whose protocol the program does not name has none here.
says_so() { # NAME
    ok "$1, at most" [ "$(shim_lines | wc -l)" -le "$SAID" ]
}

forms dual
servers as_native as_native as_native
go_as_native
done_testing
