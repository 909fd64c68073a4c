#!/bin/sh
# SPDX-License-Identifier: MIT
# A static server in Go under the supervisor, in a container that holds nothing
# else, as its first process: what the runtimes' seccomp profiles and which
# capabilities leave of it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
go=$ROOT/build/tests/go-static
[ -e "$go" ] || skip_all "the servers in Go are not built (Debian: golang-go)"
engine

mkdir "$DIR/go" && cp "$go" "$DIR/go/server"
podman build --quiet --pull=never --tag localhost/go --file - "$DIR/go" >/dev/null <<'END'
FROM scratch
COPY server /
USER 1000:1000
CMD ["/server", "tcp4", "8080"]
END
own=$(podman info --format '{{.Host.Security.SECCOMPProfilePath}}')
profile() { # VARIANT [PATH]
    /usr/bin/python3 "$ROOT/tests/containers/profile.py" "$own" "$@" >"$DIR/$1.json"
}
profile docker
profile containerd
profile listener "$DIR/agent"
mount="--mount type=image,source=$IMAGE,destination=/dualbind" # words
under='/dualbind/dualbind run --log info -a 8080 --'           # words

# Each is asked, looked at by the command's own ps, and told to end.
serves() { # NAME WHAT LOGGED ARG...
    name=$1 what=$2 pattern=$3
    shift 3
    # shellcheck disable=SC2086 # words
    ok "$what: starts" container "$name" $mount "$@" localhost/go $under /server tcp4 8080
    is "$(probe "$name")" "$PROBE" "$what: answers over IPv6, and is shown who asks"
    ok "$what: the log tells how" logged "$name" "$pattern"
    is "$(podman exec "$name" /dualbind/dualbind ps 2>/dev/null | tail -n +2 | tr -s ' ' | cut -d ' ' -f 2-4)" "$converted" "$what: ps"
    podman stop --time 8 "$name" >/dev/null
    is "$(podman inspect --format '{{.State.ExitCode}}' "$name")" 143 "$what: ends as the server does"
}
converted='[::]:8080 converted server'
full='pid=[0-9]* port=8080/tcp converted 0.0.0.0 -> \[::\]$'

ok "without: starts" container plain localhost/go
is "$(probe plain)" refused "without: refused over IPv6"

serves default "podman's profile" "$full"
ok "podman's profile: no_new_privs is set, and said" logged default 'no_new_privs is set'
serves strict "no capabilities, read-only" "$full" --cap-drop all --security-opt no-new-privileges --read-only
serves admin "CAP_SYS_ADMIN" "$full" --user 0:0 --cap-add SYS_ADMIN
ok "CAP_SYS_ADMIN: no_new_privs is not needed" lacks admin no_new_privs
for engine in docker containerd; do
    serves "$engine" "the profile of $engine" \
        'converted at listen without seeing the socket (CAP_SYS_PTRACE is missing)' --security-opt "seccomp=$DIR/$engine.json"
done
serves ptrace "the profile of docker, CAP_SYS_PTRACE" "$full" --security-opt "seccomp=$DIR/docker.json" --cap-add SYS_PTRACE
if command -v crun >/dev/null; then
    # shellcheck disable=SC2034 # read by container
    RUNTIME=crun serves crun "under crun" "$full"
else
    skip "under crun" "crun is not installed (Debian: crun)"
fi

# Where it cannot be done the server works as it would without.
works_natively() { # NAME WHAT LOGGED
    is "$(probe "$1")" refused "$2: not over IPv6"
    ok "$2: says why" logged "$1" "$3"
    is "$(podman exec "$1" /dualbind/dualbind ps 2>/dev/null | tail -n +2 | tr -s ' ' | cut -d ' ' -f 2-4)" \
        "0.0.0.0:8080 IPv4 only" "$2: over IPv4"
}

# The kernel allows a process one listener; this runtime has passed on its own.
timeout 60 /usr/bin/python3 -c 'import socket, sys, time
with socket.socket(socket.AF_UNIX) as s:
    s.bind(sys.argv[1])
    s.listen()
    held = socket.recv_fds(s.accept()[0], 65536, 4)
    time.sleep(60)' "$DIR/agent" &
agent=$!
tries=0
until [ -e "$DIR/agent" ] || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
# shellcheck disable=SC2086 # words
ok "the runtime's own listener: starts" container listener $mount --security-opt "seccomp=$DIR/listener.json" \
    localhost/go $under /server tcp4 8080
works_natively listener "the runtime's own listener" 'another supervisor, or the container runtime, already listens'
kill "$agent"

# Another user's process may be looked into with CAP_SYS_PTRACE only.
other() { # NAME ARG...
    name=$1
    shift
    # shellcheck disable=SC2086 # words
    container "$name" $mount --volume "$DIR/go:/go:ro" --user 0:0 "$@" "$SERVER" ${under% --} --mode supervise -- \
        setpriv --reuid 1000 --regid 1000 --clear-groups /go/server tcp4 8080
}
ok "another user: starts" other user
works_natively user "another user" 'cannot look into it (its memory: E.*): it runs as another user and dualbind lacks CAP_SYS_PTRACE'
ok "another user, CAP_SYS_PTRACE: starts" other helped --cap-add SYS_PTRACE
is "$(probe helped)" "$PROBE" "another user, CAP_SYS_PTRACE: answers over IPv6"
done_testing
