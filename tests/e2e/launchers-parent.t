#!/bin/sh
# SPDX-License-Identifier: MIT
# Launchers that start a server as their child, and start it again when it ends: s6,
# runit, supervisord; and entry points in Go and in Rust.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=launchers.sh
. "$(dirname "$0")/launchers.sh"
need nginx nginx-light
need s6-svscan s6
need runsv runit
need supervisord supervisor
[ -e "$ROOT/build/tests/go-parent" ] || skip_all "the entry point in Go is not built (Debian: golang-go)"
[ -e "$ROOT/build/tests/rust" ] || skip_all "the entry point in Rust is not built (Debian: rustc)"
forms ipv6

launchers
mkdir -p "$DIR/s6/servers" "$DIR/runit"
for folder in "$DIR/s6/servers" "$DIR/runit"; do
    printf '#!/bin/sh\nexec "%s"\n' "$DIR/servers" >"$folder/run"
    chmod 755 "$folder/run"
done
cat >"$DIR/supervisord.conf" <<END
[supervisord]
nodaemon = true
logfile = $DIR/supervisord.log
pidfile = $DIR/supervisord.pid
childlogdir = $DIR
[program:servers]
command = $DIR/servers
END
IN_CONFIGURATION=1
served s6-svscan s6-svscan "$DIR/s6"
served runsv runsv "$DIR/runit"
served supervisord supervisord -c "$DIR/supervisord.conf"
unset IN_CONFIGURATION
served "a parent in Go" "$ROOT/build/tests/go-parent"
served "a parent in Rust" "$ROOT/build/tests/rust" start
done_testing
