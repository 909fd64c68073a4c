#!/bin/sh
# SPDX-License-Identifier: MIT
# libeatmydata, which hooks files, before this library and after it.
# shellcheck source-path=SCRIPTDIR source=beside.sh
. "$(dirname "$0")/beside.sh"
need redis-server
need redis-cli redis-tools
forms ipv6
beside "$(preloaded libeatmydata.so)"
beside_redis "$(preloaded libeatmydata.so)"
done_testing
