#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP's ext-sockets, a UDP socket. PHP loads the extension with RTLD_DEEPBIND.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='PHP, ext-sockets, UDP' FAMILY='Programming languages' PORT=5000 PROTOCOL=udp PACKAGES=apt:php-cli
NO_DEFAULT='a program chooses its address'

version() {
    php -n -r 'echo PHP_VERSION;'
}

ipv4_only() {
    launch php -n -d extension=sockets "$APPS/sockets.php" udp "$PORT"
}

work() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT" | grep .
}

peer() { # HOST
    client "$PYTHON" "$APPS/udp-ask.py" "$1" "$PORT"
}

row
