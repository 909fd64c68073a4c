#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's gVisor, with gVisor's own network stack: each server of TCP is served over both families.
RUNSC=/usr/bin/runsc NETWORK=sandbox
# shellcheck source-path=SCRIPTDIR source=gvisor.sh
. "$(dirname "$0")/gvisor.sh"
forms dual
servers serves_both as_native as_native
with_others
go_as_native
done_testing
