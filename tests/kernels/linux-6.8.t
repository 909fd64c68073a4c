#!/bin/sh
# SPDX-License-Identifier: MIT
# Ubuntu's 6.8.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=6.8
. "$(dirname "$0")/kernel.sh"
