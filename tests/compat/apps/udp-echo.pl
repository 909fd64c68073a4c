# SPDX-License-Identifier: MIT
# What a super-server starts for datagrams: answers one with itself and the
# address that it came from.
open my $socket, '+<&=', 0 or die "open: $!";
my $from = recv $socket, my $asked, 2000, 0;
send $socket, "$asked of " . join('.', unpack 'x4 C4', $from), 0, $from;
