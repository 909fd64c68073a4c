#!/bin/sh
# Tomcat with a JSP on the IPv4 stack, as many images set it; by default Java
# serves both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=jvm.sh
. "$ROOT/tests/compat/jvm.sh"
TITLE='Tomcat, preferIPv4Stack' FAMILY='Application servers' PORT=8080 START_SECONDS=60 CLIENT_SECONDS=20
PACKAGES=maven:org.apache.tomcat:tomcat:10.1.59:zip

build() {
    home=$JARS/apache-tomcat-10.1.59
    [ -e "$home/bin/bootstrap.jar" ] || (cd "$JARS" && jar -xf tomcat.zip)
}

prepare() {
    home=$JARS/apache-tomcat-10.1.59
    mkdir -p "$DIR/webapps/ROOT" "$DIR/logs" "$DIR/temp" "$DIR/work"
    cp -r "$home/conf" "$DIR/conf"
    echo '<%= request.getRemoteAddr() %>' >"$DIR/webapps/ROOT/peer.jsp"
}

tomcat() { # OPTION...
    # shellcheck disable=SC2086 # words
    launch java $JVM -Xmx128m "$@" \
        -cp "$home/bin/bootstrap.jar:$home/bin/tomcat-juli.jar" \
        -Dcatalina.home="$home" -Dcatalina.base="$DIR" -Djava.io.tmpdir="$DIR/temp" \
        org.apache.catalina.startup.Bootstrap start
}

ipv4_only() {
    tomcat -Djava.net.preferIPv4Stack=true
}

by_default() {
    tomcat
}

work() { # HOST
    http "$1" /peer.jsp | grep .
}

peer() { # HOST
    http "$1" /peer.jsp | address | java_address
}

row
