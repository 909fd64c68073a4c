#!/bin/sh
# SPDX-License-Identifier: MIT
# Servers that give up system calls (seccomp(2)), under a rule for all ports: each
# does what it does without the library.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need sshd openssh-server
need ssh openssh-client
need vsftpd
need node nodejs
forms dual

ALLOW='*/any'

# ---- sshd: the process that talks with a client which has not logged in

[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
for key in host client; do ssh-keygen -q -t ed25519 -N '' -f "$DIR/$key" || fail "a $key key"; done

login() { # HOST
    timeout 10 ssh -F none -i "$DIR/client" -o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile="$DIR/known" -p 2222 "$(id -un)@$1" 'echo in' 2>>"$DIR/ssh.log"
}

ok 'sshd starts' serve 2222 "$(command -v sshd)" -D -e -f /dev/null -p 2222 -h "$DIR/host" \
    -o ListenAddress=0.0.0.0 -o StrictModes=no -o UsePAM=no -o "AuthorizedKeysFile=$DIR/client.pub" \
    -o PidFile=none -o PermitRootLogin=prohibit-password -o LogLevel=DEBUG3
is "$(listeners 2222)" ':: inet6 v6only=0' 'sshd: converted'
is "$(login "$POD_IP4")" in 'sshd: a login over IPv4'
is "$(login "$POD_IP6")" in 'sshd: a login over IPv6'
ok 'sshd: a filter was set' grep -q 'attaching seccomp filter' "$LOG"
is "$(grep -ci 'sandbox_violation\|unexpected system call' "$LOG")" 0 'sshd: and refused nothing'
stop

# ---- vsftpd: both processes of a session. With a newer C library its own filter ends
# it at some commands (SIZE, in Debian 12), with this library or without.

mkdir -p "$DIR/ftp" "$DIR/empty"
echo hello >"$DIR/ftp/file"
chmod 555 "$DIR/ftp" "$DIR/empty"
cat >"$DIR/vsftpd.conf" <<CONF
listen=YES
listen_port=2121
background=NO
anonymous_enable=YES
anon_root=$DIR/ftp
secure_chroot_dir=$DIR/empty
seccomp_sandbox=YES
CONF
[ "$(id -u)" = 0 ] || echo run_as_launching_user=YES >>"$DIR/vsftpd.conf"
chmod 600 "$DIR/vsftpd.conf"

dialog() { # HOST
    timeout 30 "$PYTHON" "$APPS/ftp-dialog.py" "$1" 2121 2>>"$DIR/ftp.log"
}

ok 'vsftpd starts without the library' serve_plain 2121 "$(command -v vsftpd)" "$DIR/vsftpd.conf"
native=$(dialog "$POD_IP4")
stop
ok 'vsftpd starts' serve 2121 "$(command -v vsftpd)" "$DIR/vsftpd.conf"
is "$(listeners 2121)" ':: inet6 v6only=0' 'vsftpd: converted'
is "$(dialog "$POD_IP4")" "$native" 'vsftpd: says the same over IPv4'
is "$(printf '%s\n' "$native" | grep -c '^229 ')" 2 'vsftpd: with listeners for data connections'
is "$(dialog "$POD_IP6" | grep -c '^230 \|^257 ')" 2 'vsftpd: a login over IPv6'
stop

# ---- node: a name, an address and datagrams that no rule is about, and a child

services() {
    in_pod "$@" timeout 30 "$PYTHON" "$APPS/filtered.py" node "$APPS/filtered.js" "$DIR/node-socket" 2>&1 | sort
    rm -f "$DIR/node-socket"
}

native=$(services env)
is "$native" 'connection from the child
datagram from 127.0.0.1
http at a name: 200
http: 200' 'node serves under a filter without the library'
for rule in '*/any' 8080/udp 8080; do
    is "$(services env LD_PRELOAD="$LIB" DUALBIND_ALLOW="$rule")" "$native" "node: and with it, rule $rule"
done
done_testing
