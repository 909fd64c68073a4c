# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For servers on Java. Read by rows after compat.sh.

# A virtual machine that starts fast.
# shellcheck disable=SC2034 # read by rows
JVM='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' FORM_SECONDS=1100
# shellcheck disable=SC2034 # the same
CONFIGURATION=$ROOT/tests/compat/apps

# That of the first package, which Maven Central has: KIND:GROUP:ARTIFACT:VERSION.
version() {
    printf '%s\n' "$PACKAGES" | head -n 1 | cut -d ' ' -f 1 | cut -d : -f 4
}

# Java writes all groups of an IPv6 address.
java_address() {
    sed 's/^fd00:db:0:0:0:0:0:1$/fd00:db::1/; s/^0:0:0:0:0:0:0:1$/::1/'
}
