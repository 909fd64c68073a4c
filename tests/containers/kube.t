#!/bin/sh
# SPDX-License-Identifier: MIT
# The pod of config/kubernetes, as it is: podman plays it, by the lines of docs/kubernetes.md. Its image names are
# those of images that are made here.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need /usr/libexec/podman/catatonit catatonit
engine
learn_shown

# podman before 4.6 lets an init container of a pod that restarts run again and
# again, and goes on after 20 seconds: podman's issue 15631.
cd "$ROOT" || exit 1
typed=$(tests/docs/block docs/kubernetes.md 'podman kube play') # of which make image has been typed
printf '%s\n' "$typed" | grep -vE '^(make image|podman exec .*)$' >"$DIR/typed.sh"
timeout 90 sh -e "$DIR/typed.sh" >"$DIR/play.log" 2>&1
is "$?" 0 "podman plays it"
podman network connect models probe
infra=$(podman pod inspect --format '{{.InfraContainerID}}' model-server)
ok "the server listens" wait_until_listens model-server-server
ok "it answers over IPv6" in_pool "$(ON=models probe "$infra")"
ok "its log is clean" clean model-server-server
ok "the init container has copied the library" logged model-server-dualbind 'wrote .*/libdualbind.so'
ended() { # which cannot be told while podman starts it again
    tries=0
    until podman inspect --format '{{.State.ExitCode}}' model-server-dualbind 2>/dev/null || [ "$tries" -ge 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
}
is "$(ended)" 0 "and ended well"
is "$(podman exec model-server-server sh -c 'ls /dualbind')" "dualbind
libdualbind.so" "they share the volume"
is "$(podman exec model-server-server grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/1/status | tr -d '\t' | xargs)" \
    "CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2" "as strict as it says"
is "$(printf '%s\n' "$typed" | grep '^podman exec' | sh -e | tail -n +2 | tr -s ' ')" \
    "tcp [::]:8080 converted python3 1 1000" "ps, in it"
timeout 90 podman kube play --down config/kubernetes/pod.yaml >"$DIR/down.log" 2>&1
is "$?" 0 "it ends"
done_testing
