#!/bin/sh
# SPDX-License-Identifier: MIT
# libfaketime, which hooks time, before this library and after it. (Debian 12's
# hangs in redis, whose allocator is jemalloc, without this library too.)
# shellcheck source-path=SCRIPTDIR source=beside.sh
. "$(dirname "$0")/beside.sh"
forms ipv6
faketime=$(preloaded libfaketime.so.1)
SHIM_ENV='FAKETIME=+400d DONT_FAKE_MONOTONIC=1'
beside "$faketime"
is "$(in_pod env LD_PRELOAD="$LIB:$faketime" FAKETIME=+400d DUALBIND_ALLOW='*' date +%Y-%m)" \
    "$(date -d '+400 days' +%Y-%m)" "another date is told"
done_testing
