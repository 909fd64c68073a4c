#!/bin/sh
# SPDX-License-Identifier: MIT
# Launchers that change the user before they execute a server: static, in Go, and
# those that call the C library.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=launchers.sh
. "$(dirname "$0")/launchers.sh"
need nginx nginx-light
need gosu
need s6-setuidgid s6
need chpst runit
need setpriv util-linux
[ "$(id -u)" = 0 ] || skip_all "only root can become another user"
forms ipv6

launchers
served gosu gosu "$NOBODY:$NOBODY"
# su-exec is not in Debian 12: a program of ours does what it does.
served "su-exec (a stand-in)" "$ROOT/build/tests/su-exec" "$NOBODY"
served s6-setuidgid s6-setuidgid nobody
served chpst chpst -u nobody
served setpriv setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups
done_testing
