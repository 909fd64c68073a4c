# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Helpers for tests in real containers: podman, with images made here, on an
# IPv6-only network. A test file looks like this:
#
#     #!/bin/sh
#     # shellcheck source-path=SCRIPTDIR source=lib.sh
#     . "$(dirname "$0")/lib.sh"
#     engine                            # the rest runs where podman may
#     ok "starts" container served -e LD_PRELOAD=... "$MODEL"
#     is "$(probe served)" ...
#     done_testing
#
# All that podman makes (bridges, packet filters, mounts, locks, containers) is in
# namespaces that end with the test, and its storage in the test's own directory:
# a user's containers are not touched, and nothing is left.
#
#   engine                    skips the file, with the reason, where podman may not
#                             run a container; else the rest runs, after an image
#                             of the command and its library has been made
#   container NAME ARG...     podman run in the background, on the network; waits
#                             until something listens on port 8080
#   once ARG...               podman run in the foreground
#   probe NAME [PORT]         GET / over IPv6, from another container: the body, or
#                             "refused"
#   address NAME              of a container, on the network or that named by ON
#   node_address              the machine's, on the network
#   in_pool ADDRESS           true for 240.0.0.0/4
#   logs NAME                 what the container has written
#   logged NAME PATTERN       whether a line of that matches
#   lacks NAME PATTERN        whether none does
#   clean NAME                true unless the log tells of the shim or of an error
#   remove NAME               a container
#
# TAP and skips are those of tests/e2e/tap.sh. Variables: ROOT, DIR; IMAGE (the command
# and its library), SERVER (a Debian root with Python and uvicorn), MODEL (in it, a
# server that is hard-coded to 0.0.0.0:8080 and answers with the client's address, as user 1000);
# PROBE (the address of the client), SHOWN (how MODEL is shown it); RUNTIME (of podman: runc).

set -u
ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
STORE=$ROOT/build/containers # images that are not this project's, kept between runs
IMAGE=localhost/dualbind:0.1.0
SERVER=localhost/server
MODEL=localhost/my-model-server:1
NETWORK=fd00:db:1::/64
PATH=$PATH:/usr/sbin:/sbin
unset LD_PRELOAD

# shellcheck source-path=SCRIPTDIR/../e2e source=../e2e/tap.sh
. "$ROOT/tests/e2e/tap.sh"

# ---- namespaces ----------------------------------------------------------

FILE_SECONDS=200 # everything is bounded one by one; this bounds what isn't

engine() {
    case ${E2E_INSIDE:-} in
    check | import) own_podman && "${E2E_INSIDE}_podman"; exit ;;
    test)
        enter_engine
        return
        ;;
    esac
    need podman
    need runc
    need busybox busybox-static
    E2E_DIR=$(mktemp -d "${TMPDIR:-/tmp}/dualbind-containers.XXXXXX") || exit 1
    DIR=$E2E_DIR
    chmod 755 "$DIR"
    trap leave_engine EXIT
    trap 'exit 143' TERM HUP
    trap 'exit 130' INT
    export E2E_DIR
    echo 0 >"$DIR/count"
    inside check >"$DIR/check.log" 2>&1 ||
        skip_all "podman may not run containers here: $(tail -n 1 "$DIR/check.log")"
    if prepare_server; then
        inside test 2>"$DIR/stderr"
        [ -e "$DIR/done" ] || {
            fail "ran to its end"
            diag_file "$DIR/stderr"
        }
    fi
    printf '1..%d\n' "$(cat "$DIR/count")"
    [ ! -e "$DIR/failed" ]
    exit
}

inside() { # WHAT: this file again, in namespaces of its own
    E2E_INSIDE=$1 timeout --kill-after=10 "$FILE_SECONDS" \
        unshare --mount --net --pid --fork --kill-child --mount-proc sh "$0" </dev/null
}

leave_engine() {
    # Control groups are in no namespace.
    find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null
    [ -n "${E2E_KEEP:-}" ] || rm -rf "$E2E_DIR"
}

# A podman that shares nothing with the machine's own. Its locks and its state
# until the next boot are in /dev/shm and /run. What systemd would set, the
# ulimits, is set here.
own_podman() {
    DIR=$E2E_DIR state=$E2E_DIR/$E2E_INSIDE
    mount --make-rprivate / && mount -t tmpfs podman /run && mount -t tmpfs podman /dev/shm || return
    ip link set lo up
    umount /sys/fs/cgroup/unified 2>/dev/null # crun refuses two hierarchies with controllers
    mkdir -p "$state" "$STORE/images"
    cat >"$state/storage.conf" <<EOF
[storage]
driver = "overlay"
graphroot = "$state/root"
runroot = "/run/containers/storage"
[storage.options]
additionalimagestores = ["$STORE/images"]
EOF
    cat >"$state/containers.conf" <<EOF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
compat_api_enforce_docker_hub = false
[network]
network_backend = "netavark"
network_config_dir = "$state/networks"
EOF
    export CONTAINERS_STORAGE_CONF="$state/storage.conf" CONTAINERS_CONF="$state/containers.conf"
}

# The smallest container, on the network. The last line tells what is missing.
check_podman() {
    make_network && mkdir "$DIR/busybox" && cp "$(command -v busybox)" "$DIR/busybox/busybox" &&
        tar -C "$DIR/busybox" -c busybox | podman import --quiet - localhost/busybox >/dev/null &&
        podman run --rm --network pods localhost/busybox /busybox true
}

# Without --ipv6, which in podman 4 adds an IPv4 subnet.
make_network() {
    podman network create --disable-dns --subnet "$NETWORK" pods >/dev/null
}

# ---- images --------------------------------------------------------------

SERVER_PACKAGES='python3-uvicorn python3-fastapi curl'

# Made once; other files wait for it.
prepare_server() {
    mkdir -p "$STORE"
    exec 9>"$STORE/lock"
    flock 9
    prepared=0
    if [ "$(cat "$STORE/packages" 2>/dev/null)" != "$SERVER_PACKAGES" ]; then
        # shellcheck disable=SC2086 # words
        "$ROOT/scripts/root" "$STORE/server.tar" $SERVER_PACKAGES >"$DIR/prepare" 2>&1 &&
            inside import >>"$DIR/prepare" 2>&1 && echo "$SERVER_PACKAGES" >"$STORE/packages" || prepared=1
        rm -f "$STORE/server.tar"
    fi
    exec 9>&-
    [ "$prepared" -eq 0 ] || {
        fail "a root file system is made"
        diag_file "$DIR/prepare"
    }
    return "$prepared"
}

import_podman() {
    podman --root "$STORE/images" --storage-opt '' import --quiet "$STORE/server.tar" "$SERVER"
}

enter_engine() {
    count=$(cat "$E2E_DIR/count")
    trap leave_containers EXIT
    # shellcheck disable=SC2034 # for the tests
    SHOWN=unknown
    own_podman && make_network &&
        "$ROOT/scripts/image" "$ROOT/build/image" "$IMAGE" 0.1.0 "$(image_architecture)" >"$DIR/image.log" &&
        make_model || exit 1
    podman run --detach --name probe --network pods "$SERVER" sleep 600 >/dev/null || exit 1
    # shellcheck disable=SC2034 # for the tests
    PROBE=$(address probe)
}

make_model() {
    mkdir "$DIR/model" && cp "$ROOT/tests/e2e/apps/rest.py" "$DIR/model" && chmod 644 "$DIR/model/rest.py"
    podman build --quiet --pull=never --tag "$MODEL" --file - "$DIR/model" >/dev/null <<EOF
FROM $SERVER
COPY rest.py /app/
USER 1000:1000
CMD ["python3", "/app/rest.py", "8080"]
EOF
}

image_architecture() {
    case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    esac
}

# Before the namespaces end, so that control groups can be removed.
leave_containers() {
    timeout 20 podman rm --all --force --time 0 >/dev/null 2>&1
}

# ---- containers ----------------------------------------------------------

once() { # ARG...
    timeout 30 podman --runtime "${RUNTIME:-runc}" run --rm --network pods "$@"
}

# Every process of a machine shows an address alike; here is which that is.
# Without the library there is no answer: the control of all that comes after.
learn_shown() {
    ok "without the library: starts" container plain "$MODEL"
    is "$(probe plain)" refused "without the library: refused over IPv6"
    remove plain
    ok "with it: starts" container shown -v "$ROOT/build/image:/dualbind:ro" \
        -e LD_PRELOAD=/dualbind/libdualbind.so -e DUALBIND_ALLOW=8080 -e DUALBIND_LOG=info "$MODEL"
    SHOWN=$(probe shown)
    ok "with it: answers over IPv6, and the log explains '$SHOWN'" logged shown "shown \[$PROBE\] as $SHOWN\$"
    in_pool "$SHOWN" || SHOWN='an address of the pool'
    remove shown
}

container() { # NAME ARG...
    container=$1
    shift
    timeout 30 podman --runtime "${RUNTIME:-runc}" run --detach --name "$container" --network pods "$@" \
        >/dev/null 2>"$DIR/$container.err" && wait_until_listens "$container" && return
    cat "$DIR/$container.err"
    logs "$container" | sed "s/^/# $container: /"
    return 1
}

remove() { # NAME
    podman rm --force --time 0 "$1" >/dev/null
}

logs() { # NAME
    podman logs "$1" 2>&1
}

address() { # NAME
    podman inspect --format '{{(index .NetworkSettings.Networks "'"${ON:-pods}"'").GlobalIPv6Address}}' "$1"
}

# The machine's on the network, and whether one is from the pool.
node_address() {
    ip -6 -oneline address show scope global | sed -n "s|.* \(${NETWORK%/*}[0-9a-f]*\)/.*|\1|p"
}

in_pool() { # ADDRESS
    case $1 in
    24[0-9].*.*.* | 25[0-5].*.*.*) true ;;
    *) false ;;
    esac
}

# Polls: for ten seconds at most, unless it has ended.
wait_until_listens() { # NAME [PORT]
    port=$(printf '%04X' "${2:-8080}") tries=0
    init=$(podman inspect --format '{{.State.Pid}}' "$1")
    until grep -qs ":$port 0*:0000 0A " "/proc/$init/net/tcp" "/proc/$init/net/tcp6"; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] && [ -e "/proc/$init/ns" ] || return 1
        sleep 0.05
    done
}

probe() { # NAME [PORT]
    probe_status=0
    podman exec probe curl --silent --noproxy '*' --max-time 10 "http://[$(address "$1")]:${2:-8080}/" || probe_status=$?
    [ "$probe_status" -eq 0 ] || [ "$probe_status" -ne 7 ] || echo refused
}

logged() { # NAME PATTERN
    logs "$1" | grep -qe "$2"
}

lacks() { # NAME PATTERN
    ! logged "$@"
}

clean() { # NAME
    ! logs "$1" | grep -iE 'dualbind|error|traceback|exception'
}
