#!/bin/sh
# SPDX-License-Identifier: MIT
# No descriptors, no memory, no /proc, no IPv6, no mark, nowhere to log to.
cd "$(dirname "$0")/../.." || exit 1
PYTHONDONTWRITEBYTECODE=1 exec tests/faults/faults.py --jobs 1 surroundings
