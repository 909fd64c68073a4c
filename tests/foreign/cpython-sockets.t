#!/bin/sh
# SPDX-License-Identifier: MIT
# CPython's own tests of sockets and of the servers of its library. The rest of
# what it has that binds is in cpython.t.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
. "$(dirname "$0")/foreign.sh"
need_python test.test_socket libpython3-testsuite
forms dual
run_suite() { python_suite "$PYTHON" "$@"; }
compare test.test_socket test.test_socketserver test.test_httpservers test.test_ftplib
done_testing
