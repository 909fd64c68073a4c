#!/bin/sh
# SPDX-License-Identifier: MIT
# The library in containers, by the environment alone: from a folder, a volume
# and an image; any user, a read-only root file system, no capabilities; under the
# runtimes' default seccomp profile.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
engine
learn_shown

serves() { # NAME WHAT ARG...
    name=$1 what=$2
    shift 2
    ok "$what: starts" container "$name" -e LD_PRELOAD=/dualbind/libdualbind.so -e DUALBIND_ALLOW=8080 "$@" "$MODEL"
    is "$(probe "$name")" "$SHOWN" "$what: answers over IPv6, to the same address"
    ok "$what: the log is clean" clean "$name"
}
folder="--volume $ROOT/build/image:/dualbind:ro" # words

# shellcheck disable=SC2086 # words
{
    serves plain "from a folder" $folder
    is "$(podman exec plain cat /proc/1/status | grep ^Seccomp:)" "Seccomp:	2" "there is a seccomp filter"
    serves strict "read-only, no capabilities, no_new_privs" $folder \
        --read-only --cap-drop all --security-opt no-new-privileges
    serves root "as root" $folder --user 0:0
    serves stranger "as a user that nobody knows" $folder --user 4242:4242
}

podman run --rm --network none --volume shared:/shared "$IMAGE" install /shared >/dev/null
serves volume "from a volume" --volume shared:/dualbind:ro
serves image "from the image itself" --mount "type=image,source=$IMAGE,destination=/dualbind"

if command -v crun >/dev/null; then
    # shellcheck disable=SC2034,SC2086 # read by container; words
    RUNTIME=crun serves crun "under crun" $folder --read-only
else
    skip "under crun" "crun is not installed (Debian: crun)"
fi
done_testing
