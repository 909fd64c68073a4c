# shellcheck shell=sh
# JavaPeer with the kind of server that KIND names. Read by rows after
# compat.sh. The virtual machine stays small.

# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
# shellcheck disable=SC2034 # read by compat.sh
FAMILY='Programming languages' PORT=8080 PACKAGES=apt:default-jdk-headless START_SECONDS=40

version() {
    java -version 2>&1 | grep -o '"[^"]*"' | tr -d '"'
}

build() {
    javac -d "$BUILD/classes-$NAME" "$ROOT/tests/compat/apps/JavaPeer.java"
}

java_peer() { # KIND OPTION...
    java_kind=$1
    shift
    # shellcheck disable=SC2086 # words
    launch java $JVM -Xmx64m "$@" -cp "$BUILD/classes-$NAME" JavaPeer \
        "$java_kind" "$PORT"
}

ipv4_only() {
    java_peer "$KIND" -Djava.net.preferIPv4Stack=true
}

by_default() {
    java_peer "$KIND"
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" / | java_address
}
