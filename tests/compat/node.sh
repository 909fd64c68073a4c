# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# node's http server, or WORKERS of them as a cluster, which the primary
# accepts for, or which share its listener (NODE_CLUSTER_SCHED_POLICY). Read by
# rows after compat.sh.

# shellcheck disable=SC2034 # read by compat.sh
FAMILY='Programming languages' PORT=8080 PACKAGES=apt:nodejs

version() {
    node --version
}

node_at() { # ADDRESS
    launch env NODE_CLUSTER_SCHED_POLICY="${POLICY:-rr}" node "$APPS/peer.js" "$1" "$PORT" ${WORKERS:+"$WORKERS"}
}

ipv4_only() {
    node_at 0.0.0.0
}

by_default() {
    node_at ''
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}
