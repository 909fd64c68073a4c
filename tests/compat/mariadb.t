#!/bin/sh
# SPDX-License-Identifier: MIT
# MariaDB with bind-address=0.0.0.0; its accounts are of a user at an address. Its
# own default is *, both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=MariaDB FAMILY='Data stores' PORT=3306 PACKAGES='apt:mariadb-server apt:mariadb-client'

version() {
    mariadbd --version | grep -o '[0-9][0-9.]*-MariaDB'
}

prepare() {
    timeout 60 mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$DIR/data" \
        --auth-root-authentication-method=normal --skip-test-db >"$DIR/install.log" 2>&1 &&
        printf '%s;\n' "CREATE DATABASE IF NOT EXISTS work" "CREATE USER IF NOT EXISTS tester@'%'" \
            "GRANT ALL ON work.* TO tester@'%'" >"$DIR/init.sql"
}

mariadbd_on() { # OPTION...
    launch mariadbd --no-defaults --user="$(id -un)" --datadir="$DIR/data" --port="$PORT" --skip-name-resolve \
        --init-file="$DIR/init.sql" --socket="$DIR/socket" --pid-file="$DIR/pid" --innodb-buffer-pool-size=8M "$@"
}

ipv4_only() {
    mariadbd_on --bind-address=0.0.0.0
}

by_default() {
    mariadbd_on
}

query() { # HOST SQL
    client mariadb --no-defaults -N -B -h "$1" -P "$PORT" -u tester --protocol=tcp work -e "$2"
}

work() { # HOST
    query "$1" "CREATE OR REPLACE TABLE t (k INT); INSERT INTO t VALUES (7); SELECT k FROM t" | grep -qx 7
}

peer() { # HOST
    query "$1" "SELECT SUBSTRING_INDEX(USER(), '@', -1)"
}

row
