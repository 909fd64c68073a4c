#!/bin/sh
# SPDX-License-Identifier: MIT
# Ruby's WEBrick, serving a directory; by default it has a listener for each
# family.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='WEBrick (Ruby)' FAMILY='Programming languages' PORT=8080 PACKAGES='apt:ruby apt:ruby-webrick' STOP_SIGNAL=INT

version() {
    ruby -rwebrick -e 'puts WEBrick::VERSION + " on Ruby " + RUBY_VERSION'
}

webrick() { # OPTION...
    launch ruby -run -e httpd -- --port="$PORT" "$@" "$APPS"
}

ipv4_only() {
    webrick --bind-address=0.0.0.0
}

by_default() {
    webrick
}

work() { # HOST
    http "$1" /peer.php | grep REMOTE_ADDR
}

# ADDRESS - - [TIME] "GET ..."
peer() { # HOST
    work "$1" >/dev/null && grep '"GET /peer.php' "$LOG" | tail -n 1 | cut -d ' ' -f 1
}

row
