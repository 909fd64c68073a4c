#!/bin/sh
# SPDX-License-Identifier: MIT
# Ubuntu's 5.4.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=5.4
. "$(dirname "$0")/kernel.sh"
