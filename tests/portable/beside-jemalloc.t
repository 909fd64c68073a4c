#!/bin/sh
# SPDX-License-Identifier: MIT
# jemalloc, an allocator, before this library and after it.
# shellcheck source-path=SCRIPTDIR source=beside.sh
. "$(dirname "$0")/beside.sh"
need redis-server
need redis-cli redis-tools
forms ipv6
beside "$(preloaded libjemalloc.so.2)"
beside_redis "$(preloaded libjemalloc.so.2)"
done_testing
