#!/bin/sh
# SPDX-License-Identifier: MIT
# Process tests on aarch64.
# Time limit: 900 seconds.
# shellcheck source-path=SCRIPTDIR
kind=process/check
. "$(dirname "$0")/aarch64.sh"
