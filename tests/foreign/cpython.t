#!/bin/sh
# SPDX-License-Identifier: MIT
# CPython's own tests of everything else of its library that binds, connects or waits.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
. "$(dirname "$0")/foreign.sh"
need_python test.test_socket libpython3-testsuite
forms dual
run_suite() { python_suite "$PYTHON" "$@"; }
compare test.test_asyncio test.test_ssl test.test_smtplib test.test_selectors \
    test.test_epoll test.test_asyncore test.test_asynchat test.test_poplib test.test_imaplib test.test_xmlrpc \
    test.test_urllib2_localnet test.test_logging test.test_wsgiref test.test_docxmlrpc test.test_telnetlib
done_testing
