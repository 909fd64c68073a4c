#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's newest.
# Time limit: 600 seconds.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=newest
. "$(dirname "$0")/kernel.sh"
