#!/bin/sh
# SPDX-License-Identifier: MIT
# The newest gVisor, with gVisor's own network stack: each server is served over both families.
RUNSC=build/gvisor/runsc NETWORK=sandbox
# shellcheck source-path=SCRIPTDIR source=gvisor.sh
. "$(dirname "$0")/gvisor.sh"
forms dual
servers serves_both serves_both as_native
with_others
go_as_native
done_testing
