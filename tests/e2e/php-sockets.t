#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP's ext-sockets, which PHP loads with RTLD_DEEPBIND: over TCP with a listener of its
# own and with one of PHP's own streams, and over UDP.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need php php-cli
forms ipv6 dual

for way in tcp stream; do
    diag "$way"
    battery 8080 php -n -d extension=sockets "$APPS/sockets.php" "$way" 8080
    is "$(sed -n 's/^listens at //p' "$LOG")" 0.0.0.0 "it is shown its own name"
done
diag udp
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
battery_udp 5000 php -n -d extension=sockets "$APPS/sockets.php" udp 5000
done_testing
