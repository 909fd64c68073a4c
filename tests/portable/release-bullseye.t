#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian 11.
# shellcheck source-path=SCRIPTDIR source=release.sh
. "$(dirname "$0")/release.sh"
serves_in bullseye '2.31'
