#!/bin/sh
# SPDX-License-Identifier: MIT
# Launchers behind which LD_PRELOAD is lost: with rights of their own, or since they
# clear the environment. What they start stays as it is natively, and a line says
# what helps; dualbind run behind them does.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=launchers.sh
. "$(dirname "$0")/launchers.sh"
need nginx nginx-light
need ssh-agent openssh-client
need sg login
need doas opendoas
[ "$(id -u)" = 0 ] || skip_all "only root has launchers of each kind"
forms ipv6

launchers
printf '#!/usr/bin/env -S -i %s\n' "$DIR/servers" >"$DIR/clean"
chmod 755 "$DIR/clean"
diag "set-group-ID: the kernel tells the loader, whoever the caller is"
lost="the library is not in .*, since LD_PRELOAD was lost before it .*: start dualbind run after what clears it, for example LAUNCHER [.]* dualbind run PROGRAM"
whole='; --mode supervise would convert it, but then all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; test it first$'
stays ssh-agent "$lost" ssh-agent
is "$(grep -c "port=8080/tcp .*$whole" "$DIR/shim.log")" 1 "ssh-agent: what --mode supervise would do, whole"
behind ssh-agent

diag "set-user-ID root: nothing is gained by root"
SHELL_WORD=1
served sg sg daemon
unset SHELL_WORD
is "$(in_pod setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups --bounding-set=-all \
    "$DIR/bin/dualbind" run -a 8080 sg daemon -c true 2>"$DIR/err"; echo $?)" 125 "sg, by an ordinary user: refused"
ok "sg, by an ordinary user: a reason" grep -q 'its loader ignores LD_PRELOAD' "$DIR/err"

diag "clear the environment"
cp -a /etc "$DIR/etc"
cat >"$DIR/private" <<END
mount --bind '$DIR/etc' /etc
exec "\$@"
END
WRAP="unshare --mount sh $DIR/private"
echo 'permit nopass root as nobody' >"$DIR/etc/doas.conf"
chmod 600 "$DIR/etc/doas.conf"
stays doas "$lost" doas -u nobody
stays "doas, underneath tini-static" "$lost" tini-static -s -- doas -u nobody
behind doas -u nobody
echo 'permit nopass keepenv root as nobody' >"$DIR/etc/doas.conf"
served "doas, keepenv" doas -u nobody
unset WRAP
stays "env -i" "$lost" env -i
stays "env -i, in a #! line" "$lost" "$DIR/clean"
done_testing
