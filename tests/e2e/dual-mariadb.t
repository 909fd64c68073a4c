#!/bin/sh
# SPDX-License-Identifier: MIT
# MariaDB with bind-address=*; its accounts are of a user at an address.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need mariadbd mariadb-server
need mariadb-install-db mariadb-server
need mariadb mariadb-client
forms dual

query="SELECT SUBSTRING_INDEX(USER(), '@', -1)"

ask() {
    timeout 10 mariadb --no-defaults -N -B -h "$1" -P "$2" -u tester --protocol=tcp -e "$query" 2>>"$DIR/client.log"
}

pod_ask() {
    in_pod timeout 10 mariadb --no-defaults -N -B -h "$1" -P "$2" -u tester --protocol=tcp -e "$query" \
        2>>"$DIR/client.log"
}

said() {
    grep -iE 'warn|error|bind|socket created|listen' "$LOG" | sed 's/^[-0-9: ]*//'
}

make_data() {
    timeout 60 mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$DIR/data" \
        --auth-root-authentication-method=normal --skip-test-db >"$DIR/install.log" 2>&1
}

ok "makes a data directory" make_data
echo "CREATE USER IF NOT EXISTS tester@'%';" >"$DIR/init.sql"
as_native "bind-address=*" 3306 2 mariadbd --no-defaults --user="$(id -un)" --datadir="$DIR/data" --port=3306 \
    --bind-address='*' --skip-name-resolve --init-file="$DIR/init.sql" --socket="$DIR/socket" \
    --pid-file="$DIR/pid" --innodb-buffer-pool-size=8M --innodb-log-file-size=4M
done_testing
