#!/bin/sh
# SPDX-License-Identifier: MIT
# lighttpd with two workers and a CGI program, reloaded; Debian's configuration
# has a socket for each family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE=lighttpd FAMILY='Web servers' PORT=8080 PACKAGES=apt:lighttpd

version() {
    lighttpd -v | sed -n 's|^lighttpd/\([^ ]*\).*|\1|p'
}

lighttpd_with() { # CONFIGURATION
    mkdir -p "$DIR/html"
    # shellcheck disable=SC2016 # the program's own
    printf '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n%%s\\n" "$REMOTE_ADDR"\n' >"$DIR/html/peer.sh"
    cat >"$DIR/lighttpd.conf" <<END
server.modules = ("mod_cgi")
server.document-root = "$DIR/html"
server.port = $PORT
server.max-worker = 2
cgi.assign = (".sh" => "/bin/sh")
$1
END
    launch lighttpd -D -f "$DIR/lighttpd.conf"
}

ipv4_only() {
    lighttpd_with 'server.bind = "0.0.0.0"'
}

by_default() {
    lighttpd_with "\$SERVER[\"socket\"] == \"[::]:$PORT\" { }"
}

ready() { # HOST
    http "$1" /peer.sh | grep .
}

work() { # HOST
    ready "$1" && reload USR1 && ready "$1"
}

peer() { # HOST
    http "$1" /peer.sh
}

# Without the shim too it says this by chance after a reload.
log_filter() {
    grep -v 'clock jumped -1 secs'
}

row
