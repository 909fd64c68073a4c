#!/bin/sh
# xinetd, which binds 0.0.0.0 and decides by only_from who is served. Its
# children find the connection, or the socket for datagrams, as their standard
# input. One service is for everybody, and one for 127.0.0.1 alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=xinetd FAMILY='Super-servers and shells' PORT=8080 PACKAGES=deb:xinetd QUICK=1 RULE='8080-8082/any'

version() {
    "$DEBS/usr/sbin/xinetd" -version 2>&1 | awk '{ print $1 }'
}

service() { # NAME PORT TYPE WAIT PROGRAM LINE...
    cat <<END
service $1
{
    type = UNLISTED
    port = $2
    socket_type = $3
    wait = $4
    user = $(id -un)
    server = $(command -v perl)
    server_args = $5
$(shift 5 && printf '    %s\n' "$@")
}
END
}

prepare() {
    cat >"$DIR/echo.pl" <<'END'
open my $socket, '+<&=', 0 or die "open: $!";
my $from = recv $socket, my $asked, 2000, 0;
send $socket, "$asked of " . join('.', unpack 'x4 C4', $from), 0, $from;
END
}

with_flags() { # [LINE]
    {
        printf 'defaults\n{\n    log_type = FILE %s\n    log_on_success = HOST\n    log_on_failure = HOST\n}\n' "$DIR/xinetd.log"
        service all "$PORT" stream no "$APPS/inetd-peer.pl" "$@"
        service local 8081 stream no "$APPS/inetd-peer.pl" 'only_from = 127.0.0.1' "$@"
        service datagrams 8082 dgram yes "$DIR/echo.pl" "$@"
    } >"$DIR/xinetd.conf"
    launch "$DEBS/usr/sbin/xinetd" -dontfork -f "$DIR/xinetd.conf" -pidfile "$DIR/pid"
}

ipv4_only() {
    with_flags 'flags = IPv4'
}

by_default() {
    with_flags
}

served() { # HOST: by the service that is for 127.0.0.1
    client curl -sS --noproxy '*' "http://$(at "$1"):8081/"
}

work() { # HOST
    http "$1" / | grep . && case $1 in
    127.0.0.1 | ::1) served "$1" | grep -qx 127.0.0.1 ;;
    *) ! served "$1" ;;
    esac && client "$PYTHON" "$APPS/udp-ask.py" "$1" 8082 text | grep 'text of'
}

peer() { # HOST
    http "$1" /
}

row
