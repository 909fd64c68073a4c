#!/bin/sh
# SPDX-License-Identifier: MIT
# The compose file of config/docker, as it is, by docker-compose, with podman in
# the place of Docker's daemon.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
file=$ROOT/config/docker/compose.yaml
need docker-compose
engine
learn_shown

podman system service --time 0 unix:///run/podman.sock >"$DIR/service.log" 2>&1 &
service=$!
export DOCKER_HOST=unix:///run/podman.sock COMPOSE_PROJECT_NAME=try
compose() {
    timeout 60 docker-compose --file "$file" "$@" >"$DIR/compose.log" 2>&1
}
answers() {
    curl --silent --noproxy '*' --max-time 5 --unix-socket /run/podman.sock http://podman/_ping >/dev/null
}
tries=0
until answers || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
called() { # SERVICE
    docker-compose --file "$file" ps --all --quiet "$1"
}
ok "it starts" compose up --detach
server=$(called server)
ok "the server listens" wait_until_listens "$server"
is "$(podman inspect --format '{{.State.ExitCode}}' "$(called dualbind)")" 0 "the library was copied before"
from_node() { # ADDRESS
    curl --silent --noproxy '*' --max-time 10 "http://[$1]:8080/"
}
ok "it answers over IPv6" in_pool "$(from_node "$(ON=try_default address "$server")")"
ok "and through the published port, which podman forwards" in_pool "$(from_node "$(node_address)")"
ok "its log is clean" clean "$server"
ok "it ends" compose down --volumes
kill "$service"
done_testing
