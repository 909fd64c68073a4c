#!/bin/sh
# SPDX-License-Identifier: MIT
# sshd without ListenAddress: 0.0.0.0 and ::. Logs in with a key, and asks the
# session for its address, which sshd hands on in SSH_CONNECTION.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=dual-lib.sh
. "$(dirname "$0")/dual-lib.sh"
need sshd openssh-server
need ssh openssh-client
need ssh-keygen openssh-client
forms dual

# Debian's sshd, as root, wants this empty directory, which its service makes.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd

for key in host client; do ssh-keygen -q -t ed25519 -N '' -f "$DIR/$key" || fail "a $key key"; done

cat >"$DIR/ssh_config" <<CONF
BatchMode yes
IdentityFile $DIR/client
LogLevel ERROR
StrictHostKeyChecking no
UserKnownHostsFile $DIR/known
CONF

# shellcheck disable=SC2016 # for the other side
question='echo "${SSH_CONNECTION%% *}"'

ask() {
    timeout 10 ssh -F "$DIR/ssh_config" -p "$2" "$(id -un)@$1" "$question"
}

pod_ask() {
    in_pod timeout 10 ssh -F "$DIR/ssh_config" -p "$2" "$(id -un)@$1" "$question"
}

said() {
    grep -iE 'error|fail|fatal|bind|listening|accepted publickey' "$LOG" | sed 's/SHA256:.*//'
}

set -- -h "$DIR/host" -o StrictModes=no -o UsePAM=no -o "AuthorizedKeysFile=$DIR/client.pub" \
    -o PidFile=none -o PermitRootLogin=prohibit-password
as_native "sshd" 2222 2 "$(command -v sshd)" -D -e -f /dev/null -p 2222 "$@"
done_testing
