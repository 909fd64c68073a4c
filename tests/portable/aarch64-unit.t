#!/bin/sh
# SPDX-License-Identifier: MIT
# Unit tests on aarch64.
# shellcheck source-path=SCRIPTDIR
kind=unit/test
. "$(dirname "$0")/aarch64.sh"
