#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian testing.
# shellcheck source-path=SCRIPTDIR source=release.sh
. "$(dirname "$0")/release.sh"
serves_in testing '2.[4-9]?'
