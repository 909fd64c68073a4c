#!/bin/sh
# SPDX-License-Identifier: MIT
# PHP-FPM on TCP, asked over FastCGI. USR2 has the master execute itself, and
# find its listeners again by their addresses. By default, as in its image, it
# listens on a port alone.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE=PHP-FPM FAMILY='Application servers' PORT=9000 PACKAGES=apt:php-fpm QUICK=1

version() {
    "$fpm" -n -v | awk 'NR == 1 { print $2 }'
}

fpm_at() { # LISTEN

    echo '<?php echo "page";' >"$DIR/page.php"
    cat >"$DIR/fpm.conf" <<END
[global]
error_log = /dev/stderr
daemonize = no
[www]
listen = $1
pm = static
pm.max_children = 2
access.log = $DIR/access.log
access.format = "%R %f"
$([ "$(id -u)" != 0 ] || printf 'user = nobody\ngroup = nogroup\n')
END
    launch "$fpm" -n -F -p "$DIR" -y "$DIR/fpm.conf"
}

ipv4_only() {
    fpm_at "0.0.0.0:$PORT"
}

by_default() {
    fpm_at "$PORT"
}

ready() { # HOST
    client "$PYTHON" "$ROOT/tests/compat/apps/fcgi-ask.py" "$1" "$PORT" "$DIR/page.php" | grep -qx page
}

work() { # HOST
    ready "$1" && reload USR2 && ready "$1"
}

peer() { # HOST
    ready "$1" && tail -n 1 "$DIR/access.log" | awk '{ print $1 }'
}

fpm=$(find /usr/sbin -name 'php-fpm[0-9]*' | sort -V | tail -n 1)
row
