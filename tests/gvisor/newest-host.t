#!/bin/sh
# SPDX-License-Identifier: MIT
# The newest gVisor, with the machine's network stack: each server is served over both families.
RUNSC=build/gvisor/runsc NETWORK=host
# shellcheck source-path=SCRIPTDIR source=gvisor.sh
. "$(dirname "$0")/gvisor.sh"
forms dual
servers serves_both serves_both as_native
other_addresses
datagrams
go_as_native
done_testing
