#!/bin/sh
# SPDX-License-Identifier: MIT
# Boost.Asio: the socket is in epoll before it is bound.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need "$ROOT/build/tests/boost-peer" "libboost-dev, then make"
forms ipv6 dual
battery 8080 "$ROOT/build/tests/boost-peer" 8080
done_testing
