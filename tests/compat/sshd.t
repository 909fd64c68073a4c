#!/bin/sh
# SPDX-License-Identifier: MIT
# sshd with "ListenAddress 0.0.0.0", and without one, which takes both families.
# A login with a key, a file and a command.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='OpenSSH sshd' FAMILY='Super-servers and shells' PORT=2222 PACKAGES='apt:openssh-server apt:openssh-client'

version() {
    ssh -V 2>&1 | cut -d ' ' -f 1
}

prepare() {
    # Debian's sshd, as root, wants this empty directory, which its service makes.
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    for key in host client; do ssh-keygen -q -t ed25519 -N '' -f "$DIR/$key" || return; done
    seq 20000 >"$DIR/file"
    printf '%s\n' 'BatchMode yes' "IdentityFile $DIR/client" 'LogLevel ERROR' 'StrictHostKeyChecking no' \
        "UserKnownHostsFile $DIR/known" "Port $PORT" "User $(id -un)" >"$DIR/ssh_config"
}

by_default() { # [OPTION...]
    launch "$(command -v sshd)" -D -e -f /dev/null -p "$PORT" -h "$DIR/host" -o StrictModes=no -o UsePAM=no \
        -o "AuthorizedKeysFile=$DIR/client.pub" -o PidFile=none -o PermitRootLogin=prohibit-password \
        -o 'Subsystem=sftp internal-sftp' "$@"
}

ipv4_only() {
    by_default -o ListenAddress=0.0.0.0
}

work() { # HOST
    rm -f "$DIR/got"
    client scp -F "$DIR/ssh_config" "$(at "$1"):$DIR/file" "$DIR/got" && cmp "$DIR/file" "$DIR/got" &&
        client ssh -F "$DIR/ssh_config" "$1" 'echo hello' | grep -qx hello
}

peer() { # HOST
    # shellcheck disable=SC2016 # for the other side
    client ssh -F "$DIR/ssh_config" "$1" 'echo "${SSH_CONNECTION%% *}"'
}

row
