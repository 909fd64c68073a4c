#!/bin/sh
# SPDX-License-Identifier: MIT
# Boost.Asio, UDP: the socket is in epoll before it is bound, edge-triggered.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
need "$ROOT/build/tests/boost-udp-peer" "libboost-dev, then make tests"
forms ipv6 dual
battery_udp 5000 "$ROOT/build/tests/boost-udp-peer" 5000
done_testing
