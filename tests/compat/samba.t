#!/bin/sh
# SPDX-License-Identifier: MIT
# smbd, which binds :: and 0.0.0.0 by itself: a file is put and got by SMB 3.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Samba (smbd)' FAMILY='Files and printers' PORT=4445 PACKAGES='apt:samba apt:smbclient'
NEVER_IPV4_ONLY='it binds :: and 0.0.0.0, or the address of each interface that it is told'
[ "$(id -u)" = 0 ] || skip_all "smbd is started by root alone"

version() {
    smbd --version | awk '{ print $2 }'
}

prepare() {
    LOG_FILE=$DIR/log.smbd
    mkdir -p "$DIR/share" "$DIR/state/private"
    chmod 777 "$DIR/share"
    cat >"$DIR/smb.conf" <<END
[global]
    smb ports = $PORT
    map to guest = bad user
    disable spoolss = yes
    load printers = no
    log file = $DIR/log.smbd
    log level = 3
    state directory = $DIR/state
    cache directory = $DIR/state
    lock directory = $DIR/state
    private dir = $DIR/state/private
    pid directory = $DIR/state
    ncalrpc dir = $DIR/state/ncalrpc
    usershare max shares = 0
[share]
    path = $DIR/share
    guest ok = yes
    read only = no
END
    seq 20000 >"$DIR/file"
}

by_default() {
    launch "$(command -v smbd)" --foreground --no-process-group --configfile="$DIR/smb.conf"
}

work() { # HOST
    rm -f "$DIR/got"
    client smbclient --configfile=/dev/null -p "$PORT" -N "//$1/share" -c "put $DIR/file file; get file $DIR/got" &&
        cmp "$DIR/file" "$DIR/got"
}

peer() { # HOST
    work "$1" && sed -n 's/^.*Allowed connection from [^ ]* (\(.*\)).*$/\1/p' "$LOG_FILE" | tail -n 1
}

row
