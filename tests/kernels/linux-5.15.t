#!/bin/sh
# SPDX-License-Identifier: MIT
# Ubuntu's 5.15.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=5.15
. "$(dirname "$0")/kernel.sh"
