#!/bin/sh
# SPDX-License-Identifier: MIT
# Starman, Perl's preforking PSGI server; HUP replaces its workers.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE='Starman (Perl)' FAMILY='Application servers' PORT=5000 PACKAGES=apt:starman STOP_SIGNAL=QUIT

version() {
    perl -MStarman -e 'print $Starman::VERSION'
}

starman_with() { # OPTION...
    # shellcheck disable=SC2016 # Perl's
    echo 'sub { [200, ["Content-Type" => "text/plain"], [$_[0]{REMOTE_ADDR}]] }' >"$DIR/app.psgi"
    launch starman --workers 2 "$@" "$DIR/app.psgi"
}

ipv4_only() {
    starman_with --listen "0.0.0.0:$PORT"
}

by_default() {
    starman_with
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" && reload HUP && wait_for ready "$1"
}

peer() { # HOST
    http "$1" /
}

row
