# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For programs that serve TCP and UDP at one port, and IPv4 and IPv6 by
# themselves. Read after udp.sh and dual-lib.sh: sockets are those of both
# protocols, and ask and pod_ask are asked over both.

sockets() { # PORT
    { listeners "$1" && udp_sockets "$1"; } | sort
}

# One line, if the server tells the same of the client over TCP and UDP.
both() { # ask|pod_ask HOST PORT
    both_tcp=$("$@") && both_udp=$(as_udp "$@") || return
    printf '%s\n' "$both_tcp" "$both_udp" | uniq
}

node_asks() { # HOST PORT
    both ask "$@"
}

pod_asks() { # HOST PORT
    both pod_ask "$@"
}

said() {
    grep -iE 'warn|fail|error' "$LOG"
}
