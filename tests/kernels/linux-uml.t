#!/bin/sh
# SPDX-License-Identifier: MIT
# User-mode Linux.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=uml
. "$(dirname "$0")/kernel.sh"
