#!/bin/sh
# SPDX-License-Identifier: MIT
# Ubuntu's 6.8.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=6.8
. "$(dirname "$0")/kernel.sh"
