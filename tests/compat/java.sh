# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A server in Java, which java_server OPTION... launches by java: on the IPv4
# stack, as many images set it; by default Java serves both families. PAGE
# answers with the client's address. Read by rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
# shellcheck disable=SC2034 # read by compat.sh
PORT=8080 START_SECONDS=60 PAGE=/

java_launch() { # OPTION...
    # shellcheck disable=SC2086 # words
    launch java $JVM -Xmx128m "$@"
}

ipv4_only() {
    java_server -Djava.net.preferIPv4Stack=true
}

by_default() {
    java_server
}

work() { # HOST
    http "$1" "$PAGE" | grep .
}

peer() { # HOST
    http "$1" "$PAGE" | address | java_address
}
