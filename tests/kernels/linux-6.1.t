#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's 6.1.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=6.1
. "$(dirname "$0")/kernel.sh"
