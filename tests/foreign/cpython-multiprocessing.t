#!/bin/sh
# SPDX-License-Identifier: MIT
# CPython's own tests of multiprocessing, which takes minutes: its managers and
# listeners bind, and each test starts processes.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
SUITE_SECONDS=${SUITE_SECONDS:-1500}
. "$(dirname "$0")/foreign.sh"
need_python test.test_socket libpython3-testsuite
forms dual
run_suite() { python_suite "$PYTHON" "$@"; }
compare test.test_multiprocessing_spawn
done_testing
