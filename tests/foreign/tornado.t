#!/bin/sh
# SPDX-License-Identifier: MIT
# Tornado's own tests, which its package brings along.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
. "$(dirname "$0")/foreign.sh"
python_packages tornado==6.5.2
forms dual
run_suite() { python_suite "$SUITE_PYTHON" "$@"; }
compare tornado.test.httpserver_test tornado.test.simple_httpclient_test tornado.test.tcpserver_test \
    tornado.test.tcpclient_test tornado.test.iostream_test tornado.test.netutil_test tornado.test.websocket_test \
    tornado.test.web_test tornado.test.process_test
done_testing
