# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For servers with workers that a signal to their parent replaces, while the
# listeners stay. Read by rows, whose work() calls `reload SIGNAL` between two
# questions; it does so for clients at the node alone, since those are asked for
# in every form, with the shim and without.

reload() { # SIGNAL
    [ "$PLACE" = node ] || return 0
    workers_of "$SERVER_PID" >"$DIR/workers"
    kill -s "$1" "$SERVER_PID" && wait_for replaced
}

workers_of() { # PID
    pgrep -P "$1" -r D,R,S | LC_ALL=C sort
}

# Others are there, and none of the former ones.
replaced() {
    workers_of "$SERVER_PID" >"$DIR/workers.now"
    [ -s "$DIR/workers.now" ] && [ -z "$(LC_ALL=C comm -12 "$DIR/workers" "$DIR/workers.now")" ]
}
