# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Squid, with OPTIONS (words) and CONFIGURATION. HUP has it close its listeners
# and open them again. By default it is dual-stack by itself. Read by rows after
# compat.sh.

# shellcheck disable=SC2034 # read by compat.sh
FAMILY='Proxies and balancers' PORT=3128 PACKAGES=apt:squid

version() {
    squid -v | sed -n 's/.*Version //p'
}

prepare() {
    serve_plain 8081 "$PYTHON" -m http.server --bind 127.0.0.1 --directory "$ROOT/tests/e2e/apps" 8081
    squid=$(own_copy squid)
}

squid_at() { # LISTEN
    cat >"$DIR/squid.conf" <<END
http_port $1
http_access allow all
cache_effective_user proxy
cache_effective_group proxy
visible_hostname name.test
pid_filename $DIR/squid.pid
cache_log /dev/null
access_log stdio:$DIR/access.log
coredump_dir $DIR
cache deny all
shutdown_lifetime 1 seconds
${CONFIGURATION:-}
END
    [ "$(id -u)" != 0 ] || chown -R proxy:proxy "$DIR"
    # shellcheck disable=SC2086 # words
    launch "$squid" $OPTIONS -d 1 -f "$DIR/squid.conf" -n "c$$"
}

ipv4_only() {
    squid_at "0.0.0.0:$PORT"
}

by_default() {
    squid_at "$PORT"
}

ready() { # HOST
    client curl --silent --fail --proxy "http://$(at "$1"):$PORT" http://127.0.0.1:8081/peer.php | grep REMOTE_ADDR
}

# While it opens them again it refuses.
work() { # HOST
    ready "$1" || return
    [ "$PLACE" = pod ] || { kill -s HUP "$SERVER_PID" && sleep 1 && wait_for ready "$1"; }
}

peer() { # HOST
    ready "$1" >/dev/null && tail -n 1 "$DIR/access.log" | awk '{ print $3 }'
}
