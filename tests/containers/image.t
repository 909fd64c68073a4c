#!/bin/sh
# SPDX-License-Identifier: MIT
# The image: what is in it, how large, and what it does where there is no shell,
# no user of that name, nothing to write to.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
engine

field() { # FORMAT
    podman inspect --type image --format "$1" "$IMAGE"
}
is "$(cd "$(podman image mount "$IMAGE")" && echo * .[!.]*)" "dualbind libdualbind.so .[!.]*" "two files, and nothing else"
size=$(field '{{.Size}}')
diag "$size bytes"
ok "smaller than 1 MiB" test "$size" -lt 1048576
is "$(field '{{.Config.User}}')" 65532:65532 "a numeric user that is not root"
is "$(field '{{index .Labels "org.opencontainers.image.version"}}')" 0.1.0 "labelled with its version"

# Where there is no musl-gcc the command is linked with glibc.
mkdir "$DIR/glibc"
strip -o "$DIR/glibc/dualbind" "$ROOT/build/dualbind" && strip -o "$DIR/glibc/libdualbind.so" "$ROOT/build/libdualbind.so"
status=0
"$ROOT/scripts/image" "$DIR/glibc" localhost/glibc 0.1.0 "$(image_architecture)" >"$DIR/out" 2>&1 || status=$?
is "$status" 0 "with glibc it can be made, too" || diag_file "$DIR/out"

# Nothing but the files goes in: no clock, no name of the machine.
for engine in podman buildah; do
    if command -v "$engine" >/dev/null; then
        ENGINE=$engine "$ROOT/scripts/image" "$ROOT/build/image" "localhost/$engine" 0.1.0 "$(image_architecture)" >/dev/null
        is "$(podman inspect --type image --format '{{.Id}}' "localhost/$engine")" "$(field '{{.Id}}')" "$engine makes the same image"
    else
        skip "$engine makes the same image" "$engine is not installed (Debian: $engine)"
    fi
done
status=0
ENGINE=no-engine "$ROOT/scripts/image" "$ROOT/build/image" "$IMAGE" 0.1.0 amd64 2>"$DIR/out" || status=$?
is "$status $(cat "$DIR/out")" "1 make image needs no-engine, which is not installed (Debian: podman)" "without an engine: one line"

strict='--read-only --cap-drop all --security-opt no-new-privileges' # words
status_of() { # COMMAND...
    status=0
    "$@" >"$DIR/out" 2>&1 || status=$?
    echo "$status"
}
# shellcheck disable=SC2086 # words
{
    is "$(status_of once $strict "$IMAGE" --version)" 0 "runs by itself"
    podman volume create shared >/dev/null
    is "$(status_of once $strict --volume shared:/shared "$IMAGE" install /shared)" 0 "installs into a volume"
    is "$(podman run --rm --volume shared:/shared:ro "$SERVER" sh -c 'cd /shared && stat -c "%n %a %u" *')" \
        "dualbind 555 65532
libdualbind.so 444 65532" "what it has installed, and whose it is"
    is "$(status_of once $strict --volume shared:/shared "$IMAGE" install /shared)" 0 "installs again"
    is "$(status_of once $strict --volume shared:/shared:ro "$IMAGE" install /shared)" 125 "a volume that is read-only is refused"
    ok "and it says what would help" grep -q 'mount it writable here' "$DIR/out"
    is "$(status_of once $strict "$IMAGE" ps)" 0 "ps: nobody listens here"
    is "$(status_of once $strict "$IMAGE" run -a 8080 -- /nothing)" 127 "run: what is not there"
    is "$(status_of once $strict "$IMAGE" run -a 8080 -- /dualbind --version)" 0 "run: a static program, under the supervisor"
}
done_testing
