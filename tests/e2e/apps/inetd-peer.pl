#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What inetd starts for a connection: reads an HTTP request from standard
# input, answers with the peer's address, as getpeername tells it.
use strict;
use warnings;
use Socket qw(:all);

alarm 30;
while (defined(my $line = <STDIN>)) {
    last if $line =~ /^\r?\n$/;
}
my $peer = getpeername STDIN or die "getpeername: $!\n";
my ($failed, $body) = getnameinfo $peer, NI_NUMERICHOST | NI_NUMERICSERV;
$body = "getnameinfo: $failed" if $failed;
printf "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", length $body, $body;
