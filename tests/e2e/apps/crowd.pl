#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# crowd.pl HOST PORT M [REQUEST PATTERN]: opens M connections, and only when
# all are open asks on each of them, then reads all answers to their end.
# Prints how many match. Without REQUEST and PATTERN: HTTP, and 200.
use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(SOCK_STREAM);

my ($host, $port, $m, $request, $pattern) = @ARGV;
$request //= "GET / HTTP/1.1\r\nHost: crowd\r\nConnection: close\r\n\r\n";
$pattern //= '\AHTTP/1\.[01] 200 ';
alarm 30;
my (@open, $why);
for (1 .. $m) {
    my $s = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Type => SOCK_STREAM, Timeout => 20);
    if ($s) { push @open, $s } else { $why = $@ }
}
warn "crowd: @{[$m - @open]} of $m not connected to $host $port: $why\n" if @open < $m;
for my $s (@open) {
    syswrite $s, $request;
}
my $answered = 0;
for my $s (@open) {
    local $/;
    my $answer = <$s> // '';
    $answered++ if $answer =~ $pattern;
}
print "$answered\n";
