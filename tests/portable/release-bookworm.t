#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian 12.
# shellcheck source-path=SCRIPTDIR source=release.sh
. "$(dirname "$0")/release.sh"
serves_in bookworm '2.36'
