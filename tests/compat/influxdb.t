#!/bin/sh
# SPDX-License-Identifier: MIT
# InfluxDB, a Go program, on its default address, which is of both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=InfluxDB FAMILY='Data stores' PORT=8086 MECHANISM=supervise PACKAGES=apt:influxdb
NEVER_IPV4_ONLY='Go binds 0.0.0.0 as :: for both families'

version() {
    influxd version | awk '{ print $2 }'
}

prepare() {
    cat >"$DIR/influxdb.conf" <<END
reporting-disabled = true
bind-address = "127.0.0.1:8088"
[meta]
dir = "$DIR/meta"
[data]
dir = "$DIR/data"
wal-dir = "$DIR/wal"
[http]
bind-address = "0.0.0.0:$PORT"
END
}

by_default() {
    launch "$(command -v influxd)" -config "$DIR/influxdb.conf"
}

work() { # HOST
    http "$1" /query --data-urlencode 'q=CREATE DATABASE asked' >/dev/null &&
        http "$1" '/write?db=asked' --data-binary "point,host=$1 value=7" &&
        http "$1" /query --get --data-urlencode db=asked --data-urlencode 'q=SELECT value FROM point' | grep -q ',7\]'
}

peer() { # HOST
    work "$1" && grep '^\[httpd\]' "$LOG" | tail -n 1 | cut -d ' ' -f 2 | address
}

row
