#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP's built-in server, with two workers that it forks; on localhost as its
# manual shows it.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='PHP, built-in server' FAMILY='Programming languages' PORT=8000 PACKAGES=apt:php-cli

version() {
    php -n -r 'echo PHP_VERSION;'
}

php_at() { # ADDRESS
    launch env PHP_CLI_SERVER_WORKERS=2 php -n -S "$1:$PORT" "$APPS/peer.php"
}

ipv4_only() {
    php_at 0.0.0.0
}

by_default() {
    php_at localhost
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
