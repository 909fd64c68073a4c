#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind run in a pod: servers as they would be started by hand or by an
# entrypoint, asked over IPv6.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
DUALBIND=$ROOT/build/dualbind
forms ipv6 dual

answers() { # HOST
    get "$1" >"$DIR/answer"
}

mkdir "$DIR/www"
cd "$DIR/www" || exit
serve_plain 8080 "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok 'without dualbind: refused over IPv6' refused "$POD_IP6"
stop
serve_plain 8080 "$DUALBIND" run -- "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok 'python, by default rules: over IPv6' answers "$POD_IP6"
is "$(listeners 8080)" ':: inet6 v6only=0' 'it listens on :: alone'
[ -z "$POD_IP4" ] || ok 'over IPv4' answers "$POD_IP4"
is "$(cat "/proc/$SERVER_PID/comm")" python3 'the server is the process that was started'
stop
is "$STOP_STATUS" 143 'which gets its signals'
serve_plain 8080 "$DUALBIND" run -a 9090 -- "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok 'a rule for another port: refused' refused "$POD_IP6"
stop
serve_plain 8080 "$DUALBIND" run --dry-run -- "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok '--dry-run: refused' refused "$POD_IP6"
ok '--dry-run: told' grep -q 'port=8080/tcp would convert 0.0.0.0' "$LOG"
stop
serve_plain 8080 "$DUALBIND" run --log "info:$DIR/info" --pool 198.18.0.0/15 \
    "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok '--pool, --log: over IPv6' answers "$POD_IP6"
ok '--pool: the client is shown with an address from there' grep -q "shown \[$NODE_IP6\] as 198.1[89]\." "$DIR/info"
ok '--pool: by the server too' grep -q '^198.1[89]\.' "$LOG"
stop

# An entrypoint, a #! line, PATH: what a container starts.
cat >"$DIR/entrypoint" <<SH
#!/usr/bin/env sh
exec $PYTHON -m http.server --bind 0.0.0.0 "\$@"
SH
chmod 755 "$DIR/entrypoint"
PATH=$DIR:$PATH serve_plain 8080 "$DUALBIND" run entrypoint 8080
ok 'a script that starts the server: over IPv6' answers "$POD_IP6"
stop
mkdir "$DIR/installed"
"$DUALBIND" install "$DIR/installed" >"$DIR/install.out"
serve_plain 8080 "$DIR/installed/dualbind" run "$PYTHON" -m http.server --bind 0.0.0.0 8080
ok 'an installed copy: over IPv6' answers "$POD_IP6"
ok 'an installed copy: with its own library' grep -q "$DIR/installed/libdualbind.so" "/proc/$SERVER_PID/maps"
stop
done_testing
