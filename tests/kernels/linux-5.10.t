#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's 5.10.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=5.10
. "$(dirname "$0")/kernel.sh"
