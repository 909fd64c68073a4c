#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP's ext-sockets, a listener of its own. PHP loads the extension with RTLD_DEEPBIND.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='PHP, ext-sockets' FAMILY='Programming languages' PORT=8000 PACKAGES=apt:php-cli
NO_DEFAULT='a program chooses its address'

version() {
    php -n -r 'echo PHP_VERSION;'
}

ipv4_only() {
    launch php -n -d extension=sockets "$APPS/sockets.php" tcp "$PORT"
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
