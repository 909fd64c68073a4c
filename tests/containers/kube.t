#!/bin/sh
# SPDX-License-Identifier: MIT
# The pod of config/kubernetes, as it is: podman plays it. Its image names are
# those of images that are made here.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
pod=$ROOT/config/kubernetes/pod.yaml
need /usr/libexec/podman/catatonit catatonit
engine
learn_shown

play() { # ARG...
    timeout 90 podman kube play "$@" "$pod" >"$DIR/play.log" 2>&1
}
# podman before 4.6 lets an init container of a pod that restarts run again and
# again, and goes on after 20 seconds: podman's issue 15631.
ok "podman plays it" play --network pods
infra=$(podman pod inspect --format '{{.InfraContainerID}}' model-server)
ok "the server listens" wait_until_listens model-server-server
is "$(probe "$infra")" "$SHOWN" "it answers over IPv6"
ok "its log is clean" clean model-server-server
ok "the init container has copied the library" logged model-server-dualbind 'wrote .*/libdualbind.so'
is "$(podman inspect --format '{{.State.ExitCode}}' model-server-dualbind)" 0 "and ended well"
is "$(podman exec model-server-server sh -c 'ls /dualbind')" "dualbind
libdualbind.so" "they share the volume"
is "$(podman exec model-server-server grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/1/status | tr -d '\t' | xargs)" \
    "CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2" "as strict as it says"
is "$(podman exec model-server-server /dualbind/dualbind ps | tail -n +2 | tr -s ' ')" \
    "tcp [::]:8080 converted python3 1 1000" "ps, in it"
ok "it ends" play --down
done_testing
