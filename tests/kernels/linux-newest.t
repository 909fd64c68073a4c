#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's newest.
# shellcheck source-path=SCRIPTDIR source=kernel.sh
kernel=newest
. "$(dirname "$0")/kernel.sh"
