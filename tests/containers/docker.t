#!/bin/sh
# SPDX-License-Identifier: MIT
# What README and config/docker/README.md tell a user of Docker to type, as it stands there, with Docker's own daemon:
# the network, the library of the host, the image that comes from podman, the volume, the build, compose.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker
need dockerd
need docker-compose
engine
learn_shown

# The daemon's files are the test's own, and its library is where "make install" puts it.
mount -t tmpfs lib /usr/local/lib
cp "$ROOT/build/image/libdualbind.so" /usr/local/lib/
export DOCKER_HOST=unix:///run/docker.sock DOCKER_CONFIG="$DIR/docker-config" COMPOSE_PROJECT_NAME=try
mkdir "$DIR/docker-config"
dockerd --host "$DOCKER_HOST" --data-root "$DIR/docker" --exec-root /run/docker --pidfile /run/docker.pid \
    --cgroup-parent "/libpod_parent/docker.$$" >"$DIR/dockerd.log" 2>&1 &
daemon=$!
tries=0
until docker info >/dev/null 2>&1 || [ "$tries" -ge 300 ] || ! kill -0 "$daemon" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
done
docker info >/dev/null 2>&1 || {
    skip "Docker" "its daemon does not start here: $(tail -n 1 "$DIR/dockerd.log")"
    done_testing
    exit
}

typed() { # NAME COMMANDS: to their end
    printf '%s\n' "$2" >"$DIR/typed.sh"
    timeout 90 sh -e "$DIR/typed.sh" >"$DIR/typed.log" 2>&1
    is "$?" 0 "$1" || diag_file "$DIR/typed.log"
}
readme=config/docker/README.md
cd "$ROOT" || exit 1
block() { # FILE WORDS
    tests/docs/block "$@"
}

# make image has made it, and others read what it writes.
typed "the image comes from podman" "$(block $readme 'podman save' | grep -v '^make image$')"
podman save "$MODEL" 2>"$DIR/save.log" | docker load >>"$DIR/save.log" 2>&1
docker tag "$MODEL" my-model-server:1 && docker tag "$MODEL" my-model-server:latest
is "$(docker images --format '{{.Repository}}:{{.Tag}}' dualbind:0.1.0 | wc -l) $(docker images --quiet "$IMAGE" | wc -l)" "0 1" \
    "and has the name that the commands have"

ask() { # ADDRESS
    curl --silent --noproxy '*' --max-time 10 "http://$1:8080/"
}
own() { # the address of the container that was started last, in brackets
    docker inspect --format '[{{.NetworkSettings.Networks.models.GlobalIPv6Address}}]' "$(docker ps --quiet --latest)" 2>/dev/null
}
serves() { # NAME COMMANDS, of which the last one stays
    printf '%s\n' "$2" >"$DIR/typed.sh"
    sh -e "$DIR/typed.sh" >"$DIR/typed.log" 2>&1 &
    server=$! tries=0
    until ask "$(own)" >"$DIR/answer" || [ "$tries" -ge 200 ] || ! kill -0 "$server" 2>/dev/null; do
        tries=$((tries + 1))
        sleep 0.1
    done
    ok "$1: answers over IPv6" "${shown:-in_pool}" "$(cat "$DIR/answer")" || diag_file "$DIR/typed.log"
}
published() { # NAME
    tries=0
    until ask '[::1]' >/dev/null || [ "$tries" -ge 200 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    ok "$1: answers on the host's IPv6 address" in_pool "$(ask '[::1]')"
    ok "$1: and on its IPv4 one, where it sees an IPv4 address" outside "$(ask 127.0.0.1)"
}
real() { # ADDRESS
    case $1 in *:*) true ;; *) false ;; esac
}
outside() { # ADDRESS: IPv4, and not of the pool
    case $1 in *:* | '') false ;; *.*.*.*) ! in_pool "$1" ;; *) false ;; esac
}
end() {
    docker ps --quiet | xargs --no-run-if-empty docker rm --force >/dev/null
    wait "$server"
}
in_it() { # COMMAND...
    docker exec "$(docker ps --quiet --latest)" "$@" 2>/dev/null
}

serves "README" "$(block README.md 'docker run --network models')"
end
docker network rm models >/dev/null
typed "the network" "$(block $readme 'docker network create')"
serves "the library of the host" "$(block $readme '-v /usr/local/lib/libdualbind.so')"
published "the library of the host"
end
serves "a volume" "$(block $readme 'docker volume create')"
published "a volume"
is "$(in_it /dualbind/dualbind ps | grep ' \[::\]:8080 ' | tr -s ' ')" "tcp [::]:8080 converted python3 1 1000" "ps, in it"
end
go=$ROOT/build/tests/go-static
if [ -e "$go" ]; then
    printf 'FROM scratch\nCOPY go-static /server\nUSER 1000:1000\n' | docker build --quiet --tag my-go-server:1 --file - "${go%/*}" >"$DIR/go.log" 2>&1
    shown=real serves "a server in Go" "$(block $readme my-go-server) tcp4 8080"
    end
else
    skip "a server in Go" "the servers in Go are not built (Debian: golang-go)"
fi
block $readme 'COPY --from' | docker build --quiet --tag mine - >"$DIR/build.log" 2>&1
is "$?" 0 "an image of one's own is built on it" || diag_file "$DIR/build.log"
serves "an image of one's own" 'docker run --network models mine'
end
docker image rm "$IMAGE" >/dev/null
typed "or Docker builds the image" "$(block $readme 'docker build' | grep -v '^make image-files$')"
is "$(docker run --rm "$IMAGE" --version)" "dualbind 0.1.0" "which is the command"
typed "compose" "docker-compose --file $ROOT/config/docker/compose.yaml up --detach"
published "compose"
typed "compose ends" "docker-compose --file $ROOT/config/docker/compose.yaml down --volumes"
kill "$daemon"
wait "$daemon"
done_testing
