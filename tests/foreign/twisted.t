#!/bin/sh
# SPDX-License-Identifier: MIT
# Twisted's own tests of its reactors' TCP, UDP and TLS, which its package brings along.
# shellcheck source-path=SCRIPTDIR source=foreign.sh
. "$(dirname "$0")/foreign.sh"
python_packages twisted==25.5.0 pyhamcrest==2.1.0 hypothesis==6.170.15 pyopenssl==26.4.0 service-identity==26.1.0
forms dual
run_suite() { python_suite "$SUITE_PYTHON" "$@"; }
compare twisted.internet.test.test_tcp twisted.internet.test.test_udp twisted.internet.test.test_endpoints \
    twisted.internet.test.test_socket twisted.test.test_tcp twisted.test.test_udp twisted.test.test_ftp \
    twisted.test.test_ssl twisted.web.test.test_webclient twisted.names.test.test_names
done_testing
