#!/bin/sh
# SPDX-License-Identifier: MIT
# Launchers of container images as the first process's child: the static ones, which
# the supervisor sees, in front of a server in Python, which the library serves. The
# supervisor has no CAP_SYS_PTRACE, and behind gosu the server has another user.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need gosu
need tini-static tini
need catatonit
engine

mkdir "$DIR/launchers"
cp "$(command -v gosu)" "$(command -v tini-static)" "$(command -v catatonit)" "$DIR/launchers/"
own=$(podman info --format '{{.Host.Security.SECCOMPProfilePath}}')
/usr/bin/python3 "$ROOT/tests/containers/profile.py" "$own" docker >"$DIR/docker.json"
mount="--mount type=image,source=$IMAGE,destination=/dualbind --volume $DIR/launchers:/launchers:ro" # words
under='/dualbind/dualbind run --log info -a 8080 --'                                             # words

serves() { # NAME WHAT PROFILE LAUNCHER...
    name=$1 what=$2 profile=$3
    shift 3
    # shellcheck disable=SC2086 # words
    ok "$what: starts" container "$name" $mount --user 0:0 $profile "$MODEL" $under "$@" python3 /app/rest.py 8080
    shown=$(probe "$name")
    ok "$what: answers over IPv6, and is shown '$shown'" in_pool "$shown"
    is "$(podman exec "$name" curl --silent --noproxy '*' --max-time 10 http://127.0.0.1:8080/)" 127.0.0.1 \
        "$what: IPv4 is as without"
    is "$(logs "$name" | grep 'not converted' | grep -vc '; if it loads the library, that serves it, otherwise start it as: LAUNCHER USER dualbind run PROGRAM$')" 0 \
        "$what: no line says otherwise"
    podman stop --time 8 "$name" >/dev/null
    is "$(podman inspect --format '{{.State.ExitCode}}' "$name")" 0 "$what: ends as the server does"
    remove "$name"
}
for whose in podman docker; do
    option=''
    [ "$whose" = podman ] || option="--security-opt seccomp=$DIR/$whose.json"
    serves gosu "gosu, the profile of $whose" "$option" /launchers/gosu 1000:1000
    serves tini "tini-static, the profile of $whose" "$option" /launchers/tini-static -s --
    serves catatonit "catatonit, the profile of $whose" "$option" /launchers/catatonit --
done
done_testing
