#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian 13.
# shellcheck source-path=SCRIPTDIR source=release.sh
. "$(dirname "$0")/release.sh"
serves_in trixie '2.41'
