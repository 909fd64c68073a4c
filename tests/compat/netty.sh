# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Netty's native epoll transport with LISTENERS. Read by rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=java.sh
. "$ROOT/tests/compat/java.sh"
# shellcheck disable=SC2034 # read by compat.sh
KEPT=netty PACKAGES="maven:io.netty:netty-common:4.1.135.Final maven:io.netty:netty-buffer:4.1.135.Final
    maven:io.netty:netty-resolver:4.1.135.Final maven:io.netty:netty-transport:4.1.135.Final
    maven:io.netty:netty-codec:4.1.135.Final maven:io.netty:netty-codec-http:4.1.135.Final
    maven:io.netty:netty-handler:4.1.135.Final maven:io.netty:netty-transport-native-unix-common:4.1.135.Final
    maven:io.netty:netty-transport-classes-epoll:4.1.135.Final
    maven:io.netty:netty-transport-native-epoll:4.1.135.Final:jar:linux-x86_64
    maven:io.netty:netty-transport-native-epoll:4.1.135.Final:jar:linux-aarch_64"

version() {
    printf '%s\n' "$PACKAGES" | grep -o '[0-9.]*\.Final' | head -n 1
}

build() {
    javac -d "$BUILD/classes-$NAME" -cp "$JARS/*" -sourcepath "$ROOT/tests/compat/apps" \
        "$ROOT/tests/compat/apps/${CLASS:-NettyPeer}.java"
}

java_server() { # OPTION...
    java_launch "$@" -cp "$BUILD/classes-$NAME:$JARS/*" "${CLASS:-NettyPeer}" "$PORT" ${LISTENERS:+"$LISTENERS"}
}
