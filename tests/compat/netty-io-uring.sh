# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Netty 4.2 on its native io_uring transport. Read by rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=netty.sh
. "$ROOT/tests/compat/netty.sh"
# shellcheck disable=SC2034 # read by compat.sh
KEPT=netty-io-uring LISTENERS='' CLASS=NettyRingPeer \
    PACKAGES="maven:io.netty:netty-common:4.2.18.Final maven:io.netty:netty-buffer:4.2.18.Final
    maven:io.netty:netty-resolver:4.2.18.Final maven:io.netty:netty-transport:4.2.18.Final
    maven:io.netty:netty-codec-base:4.2.18.Final maven:io.netty:netty-codec-compression:4.2.18.Final
    maven:io.netty:netty-codec-http:4.2.18.Final maven:io.netty:netty-handler:4.2.18.Final
    maven:io.netty:netty-transport-native-unix-common:4.2.18.Final
    maven:io.netty:netty-transport-classes-epoll:4.2.18.Final
    maven:io.netty:netty-transport-classes-io_uring:4.2.18.Final
    maven:io.netty:netty-transport-native-io_uring:4.2.18.Final:jar:linux-x86_64
    maven:io.netty:netty-transport-native-io_uring:4.2.18.Final:jar:linux-aarch_64"
