#!/bin/sh
# SPDX-License-Identifier: MIT
# config/kubernetes in a real API server: all of it is valid, under the restricted Pod
# Security Standard, and the admission policy does to tests/kubernetes/pods what it must.
# shellcheck source-path=SCRIPTDIR source=../process/command.sh
. "$(dirname "$0")/../process/command.sh"
if [ ! -x build/kubernetes/kube-apiserver ]; then
	echo '1..0 # SKIP scripts/kubernetes-tools has not built the API server'
	exit
fi
if [ "$(id -u)" != 0 ]; then
	echo '1..0 # SKIP only root can make the network namespace'
	exit
fi
if [ -z "${KUBECONFIG_OF_TEST:-}" ]; then
	rm -rf "$work"
	trap - EXIT
	KUBECONFIG_OF_TEST=1 exec tests/kubernetes/api-server.sh sh "$0"
fi
pods() { /usr/bin/python3 tests/kubernetes/pods.py "$@"; }

# What the server makes of a manifest; warnings count as errors.
dry() { # NAMESPACE FILE
	timeout 30 kubectl create --namespace "$1" --dry-run=server --validate=strict --warnings-as-errors -f "$2" -o json 2>&1
}
accepted() { # NAME NAMESPACE FILE
	if dry "$2" "$3" >"$work/answer"; then is "$1" accepted accepted; else is "$1" "$(cat "$work/answer")" accepted; fi
}
until_true() { # COMMAND...
	tries=0
	until "$@" >/dev/null 2>&1 || [ "$tries" -ge 100 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
}

for namespace in strict open; do kubectl create namespace "$namespace" >/dev/null; done
kubectl label namespace strict pod-security.kubernetes.io/enforce=restricted \
	pod-security.kubernetes.io/warn=restricted >/dev/null
kubectl create --filename build/kubernetes/crds >/dev/null
kubectl wait --for=condition=Established --timeout=60s --all crd >/dev/null

# ---- all of config/kubernetes

cp "$library" "$work/libdualbind.so"
strip "$work/libdualbind.so"
cp -r config/kubernetes "$work/config"
cp "$work/libdualbind.so" "$work/config/configmap/"
for file in pod pod-image-volume; do
	accepted "$file.yaml is valid and restricted" strict "config/kubernetes/$file.yaml"
done
for folder in base image-volume configmap; do
	kubectl kustomize "$work/config/$folder" >"$work/$folder.yaml"
	accepted "$folder is valid and restricted" strict "$work/$folder.yaml"
done
for folder in kserve admission-policy kyverno kyverno-namespaces; do
	kubectl kustomize "$work/config/$folder" >"$work/$folder.yaml"
	accepted "$folder is valid" strict "$work/$folder.yaml"
done
pods predictor config/kubernetes/kserve/serving-runtime.yaml config/kubernetes/kserve/inference-service.yaml >"$work/predictor.yaml"
accepted 'the pod that KServe makes is valid and restricted' strict "$work/predictor.yaml"
# Kubernetes warns of it as Kyverno has it: it is deprecated.
kubectl create --dry-run=server --validate=strict -f config/kubernetes/kyverno/cluster-policy.yaml >"$work/answer" 2>&1
is 'kyverno/cluster-policy.yaml is valid' "$? $(grep -v '^Warning: kyverno.io/v1 ClusterPolicy is deprecated' "$work/answer")" \
	'0 clusterpolicy.kyverno.io/dualbind created (server dry run)'
# The key of a Secret that need not be there, for each container that has the library.
keys() { # FILE: how many containers have the library, and how many of them that key
	/usr/bin/python3 -c '
import sys, yaml
def containers(value):
    if isinstance(value, dict):
        for name, part in value.items():
            yield from part if name == "containers" else containers(part)
    elif isinstance(value, list):
        for part in value:
            yield from containers(part)
key = {"name": "DUALBIND_KEY", "valueFrom": {"secretKeyRef": {"name": "dualbind", "key": "key", "optional": True}}}
found = [c["env"] for document in yaml.safe_load_all(open(sys.argv[1])) for c in containers(document)]
print(len(found), sum(key in env for env in found))' "$1"
}
for file in config/kubernetes/pod.yaml config/kubernetes/pod-image-volume.yaml "$work/base.yaml" "$work/image-volume.yaml" \
	"$work/configmap.yaml" "$work/kserve.yaml" "$work/predictor.yaml"; do
	is "$(basename "$file"): the key of the Secret, if it is there" "$(keys "$file")" '1 1'
done
# As docs/kubernetes.md makes it.
kubectl create secret generic dualbind --namespace strict --from-literal=key="$(openssl rand -hex 16)" >"$work/answer" 2>&1
is 'the Secret can be made' "$(cat "$work/answer")" 'secret/dualbind created'

# Would it be told?
sed 's/allowPrivilegeEscalation: false/allowPrivilegeEscalation: true/' config/kubernetes/pod.yaml >"$work/lax.yaml"
matches 'a pod that is not restricted is refused' "$(dry strict "$work/lax.yaml")" '*violates PodSecurity*'
sed 's/readOnly:/readonly:/' config/kubernetes/pod.yaml >"$work/misspelt.yaml"
matches 'a misspelt field is refused' "$(dry strict "$work/misspelt.yaml")" '*unknown field*readonly*'

kubectl create --namespace strict --filename "$work/configmap.yaml" >/dev/null
name=$(kubectl get --namespace strict deployment model-server -o 'jsonpath={.spec.template.spec.volumes[0].configMap.name}')
kubectl get --namespace strict configmap "$name" -o 'jsonpath={.binaryData.libdualbind\.so}' | base64 -d >"$work/kept.so"
is 'the API server keeps the library whole' "$(cmp "$work/kept.so" "$work/libdualbind.so" && echo same)" same

# The container that docs/kubernetes.md has ps run in, beside a restricted pod's.
kubectl create --namespace strict --filename config/kubernetes/pod.yaml >/dev/null
line=$(sed -n 's/^kubectl debug POD \(.*\) -it -- ps$/\1/p' docs/kubernetes.md)
# shellcheck disable=SC2086 # words
kubectl debug --namespace strict model-server --attach=false $line -- ps >"$work/answer" 2>&1
is 'ps in a container of its own is admitted' \
	"$(kubectl get --namespace strict pod model-server -o 'jsonpath={.spec.ephemeralContainers[*].args}' 2>&1) $(grep -i error "$work/answer")" '["ps"] '
kubectl delete --namespace strict --now --filename config/kubernetes/pod.yaml >/dev/null

# What the head of each kustomization.yaml says about names of one's own.
for folder in base kserve admission-policy kyverno kyverno-namespaces; do
	mkdir "$work/own-$folder"
	{
		printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../config/%s]\n' "$folder"
		sed -n '/^#   [a-z]*:$/,/^[^#]/s/^#   //p' "config/kubernetes/$folder/kustomization.yaml"
	} >"$work/own-$folder/kustomization.yaml"
	kubectl kustomize "$work/own-$folder" >"$work/own.yaml" 2>"$work/err"
	is "$folder: images by names of one's own" \
		"$(cat "$work/err"; grep -c 'example.org/dualbind:0.1.0' "$work/own.yaml") $(grep -c '[^/]dualbind:0.1.0' "$work/own.yaml")" '1 0'
done

# ---- a pod, by the lines of docs/kubernetes.md

tests/docs/block docs/kubernetes.md 'kubectl apply -f my-pod.yaml' | sed "s|my-pod\.yaml|$work/&|" >"$work/typed.sh"
is 'a pod of one'"'"'s own: typed' "$(sh -e "$work/typed.sh" 2>&1)" 'pod/model-server created'
is 'a pod of one'"'"'s own: its images' "$(kubectl get pod model-server -o 'jsonpath={.spec.initContainers[*].image} {.spec.containers[*].image}')" \
	'example.org/dualbind:0.1.0 example.org/my-model-server:1'
kubectl patch pod model-server --subresource=status --type=merge \
	--patch '{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}' >/dev/null # as a node would say
is 'a pod of one'"'"'s own: waited for' \
	"$(tests/docs/block docs/kubernetes.md 'kubectl wait --for=condition=Ready' | grep '^kubectl wait' | sh -e 2>&1)" \
	'pod/model-server condition met'
kubectl delete pod model-server --now >/dev/null 2>&1

# ---- the policy

# The QoS class that the server gives a pod, which the kubelet acts by.
class() { # FILE
	/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["status"]["qosClass"])' "$1"
}
mkdir "$work/wanted" "$work/class"
for file in tests/kubernetes/pods/*.yaml; do
	pods part 2 "$file" >"$work/pod.yaml"
	dry open "$work/pod.yaml" >"$work/wanted/$(basename "$file")"
	pods part 1 "$file" >"$work/pod.yaml"
	dry open "$work/pod.yaml" >"$work/seen"
	class "$work/seen" >"$work/class/$(basename "$file" .yaml)"
done
is 'the pods are of all three classes' "$(sort -u "$work"/class/* | tr '\n' ' ')" 'BestEffort Burstable Guaranteed '
kubectl apply --filename "$work/admission-policy.yaml" >/dev/null
injected() { # FILE
	dry open "$1" | grep -q /dualbind/libdualbind.so
}
pods part 1 tests/kubernetes/pods/plain.yaml >"$work/pod.yaml"
until_true injected "$work/pod.yaml"
for file in tests/kubernetes/pods/*.yaml; do
	name=$(basename "$file" .yaml)
	pods part 1 "$file" >"$work/pod.yaml"
	dry open "$work/pod.yaml" >"$work/seen"
	is "the policy: $name" "$(pods same "$work/seen" "$work/wanted/$name.yaml" 2>&1)" ''
	is "the policy: $name: the class it was" "$(class "$work/seen")" "$(cat "$work/class/$name")"
	pods part 2 "$file" >"$work/pod.yaml"
	dry open "$work/pod.yaml" >"$work/seen"
	is "the policy: $name, once more" "$(pods same "$work/seen" "$work/wanted/$name.yaml" 2>&1)" ''
done
pods part 1 tests/kubernetes/pods/restricted.yaml >"$work/pod.yaml"
accepted 'what it adds is restricted' strict "$work/pod.yaml"

# shellcheck source-path=SCRIPTDIR source=policy.sh
. tests/kubernetes/policy.sh

# A webhook or a policy that comes later adds a sidecar: it is covered too.
cat >"$work/later.yaml" <<'POLICY'
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: later}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
  mutations:
    - patchType: JSONPatch
      jsonPatch:
        expression: >-
          [JSONPatch{op: 'add', path: '/spec/containers/-', value: Object.spec.containers{name: 'later', image: 'later:1'}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: later}
spec: {policyName: later}
POLICY
pods part 1 tests/kubernetes/pods/plain.yaml >"$work/pod.yaml"
preloads() { # prints the containers that have the library
	dry open "$work/pod.yaml" | /usr/bin/python3 -c '
import json, sys
spec = json.load(sys.stdin)["spec"]
print(*(c["name"] for c in spec["initContainers"] + spec["containers"]
        if any(e["name"] == "LD_PRELOAD" for e in c.get("env", []))))'
}
kubectl apply --filename "$work/later.yaml" >/dev/null
later_is_there() { dry open "$work/pod.yaml" | grep -q later:1; }
until_true later_is_there
is 'a sidecar that is added later' "$(preloads)" 'server later'
kubectl delete --filename "$work/later.yaml" >/dev/null
later_is_gone() { ! later_is_there; }
until_true later_is_gone

# It fails open: a policy that cannot be evaluated leaves the pod as it came.
kubectl patch mutatingadmissionpolicy dualbind.io --type=json \
	--patch '[{"op": "replace", "path": "/spec/variables/0/expression", "value": "string(1/0)"}]' >/dev/null
not_injected() { ! injected "$work/pod.yaml"; }
until_true not_injected
dry open "$work/pod.yaml" >"$work/seen"
is 'a policy that fails admits the pod' "$(/usr/bin/python3 -c '
import json, sys
print(json.load(open(sys.argv[1]))["spec"]["containers"][0].get("env"))' "$work/seen" 2>&1)" None
finish
