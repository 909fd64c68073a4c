#!/bin/sh
# SPDX-License-Identifier: MIT
# NFS-Ganesha with "Bind_addr = 0.0.0.0", NFS 4 over TCP; by default it binds ::.
# For 0.0.0.0 it binds an AF_INET6 socket to ::ffff:0.0.0.0.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=NFS-Ganesha FAMILY='Files and printers' PORT=20490
NOTES='For 0.0.0.0 it binds an AF_INET6 socket to ::ffff:0.0.0.0, and is shown IPv6 peers as they are'
PACKAGES='apt:nfs-ganesha apt:nfs-ganesha-vfs apt:libnfs-utils'
[ "$(id -u)" = 0 ] || skip_all "ganesha.nfsd is started by root alone"

version() {
    dpkg-query -W -f '${Version}' nfs-ganesha
}

prepare() {
    mkdir "$DIR/export" "$DIR/recovery"
    seq 20000 >"$DIR/export/file"
}

with_lines() { # LINE...
    cat >"$DIR/ganesha.conf" <<END
NFS_CORE_PARAM {
    $(printf '%s\n' "$@")
    NFS_Port = $PORT;
    Protocols = 4;
    Enable_NLM = false;
    Enable_RQUOTA = false;
}
NFSV4 { Grace_Period = 0; Lease_Lifetime = 20; RecoveryRoot = "$DIR/recovery"; }
EXPORT {
    Export_Id = 1;
    Path = $DIR/export;
    Pseudo = /export;
    Access_Type = RW;
    Squash = None;
    SecType = sys;
    FSAL { Name = VFS; }
}
LOG { Default_Log_Level = EVENT; }
END
    launch ganesha.nfsd -F -L STDOUT -f "$DIR/ganesha.conf" -p "$DIR/pid"
}

ipv4_only() {
    with_lines 'Bind_addr = 0.0.0.0;'
}

by_default() {
    with_lines
}

work() { # HOST
    client nfs-cat "nfs://$1/export/file?version=4&nfsport=$PORT" | cmp - "$DIR/export/file"
}

# When it stops, one thread or another says so of each event channel.
log_filter() {
    grep -v 'svc_rqst_rec_destroy: .*unhook failed'
}

NOT_TOLD='its log names no clients'
row
