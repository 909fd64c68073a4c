# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# JavaPeer with the kind of server that KIND names. Read by rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=java.sh
. "$ROOT/tests/compat/java.sh"
# shellcheck disable=SC2034 # read by compat.sh
PACKAGES=apt:default-jdk-headless

version() {
    java -version 2>&1 | grep -o '"[^"]*"' | tr -d '"'
}

build() {
    javac -d "$BUILD/classes-$NAME" "$ROOT/tests/compat/apps/JavaPeer.java"
}

java_server() { # OPTION...
    java_launch "$@" -cp "$BUILD/classes-$NAME" JavaPeer "$KIND" "$PORT"
}
