# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What rows of syslog servers have in common: asked by logger, over TCP and UDP, they write the client's address and
# the text into $DIR/messages. Read after compat.sh.

by_default() {
    with_address ''
}

work() { # HOST
    for over in --tcp --udp; do
        text=$(date +%s%N)
        client logger $over --server "$1" --port "$PORT" "$text" && wait_for grep -q "$text" "$DIR/messages" || return
    done
}

load() { # HOST
    load_syslog "$1" "$DIR/messages"
}

peer() { # HOST
    work "$1" && tail -n 2 "$DIR/messages" | cut -d ' ' -f 1 | uniq
}
