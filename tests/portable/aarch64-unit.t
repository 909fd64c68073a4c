#!/bin/sh
# SPDX-License-Identifier: MIT
# Unit tests on aarch64.
# Time limit: 900 seconds.
# shellcheck source-path=SCRIPTDIR
kind=unit/test
. "$(dirname "$0")/aarch64.sh"
