#!/bin/sh
# SPDX-License-Identifier: MIT
# Perl's HTTP::Daemon.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='HTTP::Daemon (Perl)' FAMILY='Programming languages' PORT=8080 PACKAGES=apt:libhttp-daemon-perl

version() {
    perl -MHTTP::Daemon -e 'print HTTP::Daemon->VERSION'
}

daemon_at() { # ADDRESS
    cat >"$DIR/daemon.pl" <<'END'
use strict;
use HTTP::Daemon;
use HTTP::Response;
my ($port, @address) = @ARGV;
my $daemon = HTTP::Daemon->new(LocalPort => $port, ReuseAddr => 1, map { (LocalAddr => $_) } @address) or die "$@";
while (my $client = $daemon->accept) {
    while ($client->get_request) {
        $client->send_response(HTTP::Response->new(200, 'OK', [], $client->peerhost . ' asked ' . $daemon->url));
    }
    $client->close;
}
END
    launch perl "$DIR/daemon.pl" "$PORT" "$@"
}

ipv4_only() {
    daemon_at 0.0.0.0
}

by_default() {
    daemon_at
}

work() { # HOST
    http "$1" / | grep -q "asked http://.*:$PORT/"
}

peer() { # HOST
    http "$1" / | cut -d ' ' -f 1
}

row
