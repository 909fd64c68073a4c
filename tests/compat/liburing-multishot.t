#!/bin/sh
# SPDX-License-Identifier: MIT
# A server in C that accepts by liburing without names, once for all, and asks for them.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=liburing.sh
. "$ROOT/tests/compat/liburing.sh"
TITLE='C, liburing, multishot accept' FAMILY='Programming languages' PORT=8080 QUICK=1 RING='' WORDS=multishot \
    PACKAGES='apt:liburing-dev' NOTES='The name is asked for by getpeername'
row
