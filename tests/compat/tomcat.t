#!/bin/sh
# SPDX-License-Identifier: MIT
# Tomcat on the IPv4 stack.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=servlets.sh
. "$ROOT/tests/compat/servlets.sh"
# shellcheck disable=SC2034 # read by those
TITLE='Tomcat, preferIPv4Stack' FAMILY='Application servers' PACKAGES=maven:org.apache.tomcat:tomcat:10.1.59:zip
home=apache-tomcat-10.1.59

build() {
    [ -e "$JARS/$home/bin/bootstrap.jar" ] || (cd "$JARS" && jar -xf tomcat.zip)
}

prepare() {
    mkdir -p "$DIR/logs" "$DIR/temp" "$DIR/work"
    cp -r "$JARS/$home/conf" "$DIR/conf"
    peer_page "$DIR/webapps/ROOT"
}

java_server() { # OPTION...
    java_launch "$@" -cp "$JARS/$home/bin/bootstrap.jar:$JARS/$home/bin/tomcat-juli.jar" \
        -Dcatalina.home="$JARS/$home" -Dcatalina.base="$DIR" -Djava.io.tmpdir="$DIR/temp" \
        org.apache.catalina.startup.Bootstrap start
}

row
