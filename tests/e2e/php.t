#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP's built-in server passes 16 bytes for an address, whatever comes.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need php php-cli
forms ipv6 dual
battery 8080 php -n -S 0.0.0.0:8080 "$APPS/peer.php"
done_testing
