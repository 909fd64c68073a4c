#!/bin/sh
# SPDX-License-Identifier: MIT
# System calls of the library go wrong in the midst of bind, listen, accept and the rest:
# a part of what "make faults" has.
cd "$(dirname "$0")/../.." || exit 1
PYTHONDONTWRITEBYTECODE=1 exec tests/faults/faults.py --quick --jobs 1 calls own
