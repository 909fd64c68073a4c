#!/bin/sh
# The library in containers, by the environment alone: from a folder, a volume
# and an image; any user, a read-only root file system, the runtime's own seccomp
# profile, no capability.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
engine

serves() { # NAME WHAT ARG...
    name=$1 what=$2
    shift 2
    ok "$what: starts" container "$name" -v "$APPS:/apps:ro" -e DUALBIND_ALLOW=8080 "$@" "$SERVER" python3 /apps/rest.py 8080
    is "$(probe "$name")" "$SHOWN" "$what: answers over IPv6"
    remove "$name"
}

ok "without: starts" container plain -v "$APPS:/apps:ro" "$SERVER" python3 /apps/rest.py 8080
is "$(probe plain)" refused "without: refused over IPv6"
remove plain

folder="-v $ROOT/build/image:/dualbind:ro -e LD_PRELOAD=/dualbind/libdualbind.so" # words
ok "from a folder: starts" container info $folder -e DUALBIND_ALLOW=8080 -e DUALBIND_LOG=info \
    -v "$APPS:/apps:ro" "$SERVER" python3 /apps/rest.py 8080
SHOWN=$(probe info)
ok "from a folder: answers over IPv6, and the log explains $SHOWN" logged info "shown \[$PROBE\] as $SHOWN\$"
logs info
remove info
done_testing
