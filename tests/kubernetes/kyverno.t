#!/bin/sh
# SPDX-License-Identifier: MIT
# The policies, applied by Kyverno's own command to tests/kubernetes/pods: each file has a
# pod as it is written and as it must become, or one that must stay as it is.
# (That command does not evaluate a MutatingAdmissionPolicy's variables. Its expressions are
# those of the MutatingPolicy, and cluster.t has it in an API server.)
# shellcheck source-path=SCRIPTDIR source=../process/command.sh
. "$(dirname "$0")/../process/command.sh"
kyverno=$PWD/build/kubernetes/kyverno
if [ ! -x "$kyverno" ]; then
	echo '1..0 # SKIP scripts/kubernetes-tools has not built the command of Kyverno'
	exit
fi
pods() { /usr/bin/python3 tests/kubernetes/pods.py "$@"; }

becomes() { # POLICY POD WANTED NAME [OPTION...]
	rm -rf "$work/mutated"
	mkdir "$work/mutated"
	policy=$1 before=$2 wanted=$3 what=$4
	shift 4
	try "$kyverno" apply "$policy" --resource "$before" --output "$work/mutated" "$@"
	cp "$before" "$work/seen" # what no rule concerns is not written
	cat "$work/mutated"/* >"$work/seen.new" 2>/dev/null && [ -s "$work/seen.new" ] && cp "$work/seen.new" "$work/seen"
	is "$what" "$(pods same "$work/seen" "$wanted")" ''
}

for kind in cluster-policy mutating-policy; do
	for file in tests/kubernetes/pods/*.yaml; do
		name=$(basename "$file" .yaml)
		pods part 1 "$file" >"$work/before.yaml"
		pods part 2 "$file" >"$work/wanted.yaml"
		becomes "config/kubernetes/kyverno/$kind.yaml" "$work/before.yaml" "$work/wanted.yaml" "$kind: $name"
		becomes "config/kubernetes/kyverno/$kind.yaml" "$work/wanted.yaml" "$work/wanted.yaml" "$kind: $name, once more"
	done
done

# The image as a volume.
sed "/- name: volume/,/- name/s/\"'emptyDir'\"/\"'image'\"/" config/kubernetes/kyverno/mutating-policy.yaml >"$work/mutating-policy.yaml"
sed '/- name: volume/,/- name: label/s/value: emptyDir/value: image/' config/kubernetes/kyverno/cluster-policy.yaml >"$work/cluster-policy.yaml"
for kind in cluster-policy mutating-policy; do
	for name in plain sidecars guaranteed; do
		pods part 1 "tests/kubernetes/pods/$name.yaml" >"$work/before.yaml"
		pods part 2 "tests/kubernetes/pods/$name.yaml" | pods image-volume >"$work/wanted.yaml"
		becomes "$work/$kind.yaml" "$work/before.yaml" "$work/wanted.yaml" "$kind: the image as a volume: $name"
	done
done

# A namespace's label and annotations.
build/kubernetes/kubectl kustomize config/kubernetes/kyverno-namespaces >"$work/namespaces.yaml"
cat >"$work/values.yaml" <<'VALUES'
apiVersion: cli.kyverno.io/v1alpha1
kind: Values
metadata: {name: values}
namespaces:
  - apiVersion: v1
    kind: Namespace
    metadata:
      name: described
      labels: {dualbind.io/inject: "8080"}
      annotations: {dualbind.io/peers: native, dualbind.io/log: "debug:/dev/stdout", dualbind.io/dry-run: "true"}
  - {apiVersion: v1, kind: Namespace, metadata: {name: refused, labels: {dualbind.io/inject: "false"}}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: silent}}
VALUES
in_namespace() { # NAMESPACE
	sed "s/^metadata:/metadata:\n  namespace: $1/"
}
for namespace in described refused silent; do
	pods part 1 tests/kubernetes/pods/settings.yaml | pods without labels annotations | in_namespace "$namespace" >"$work/before.yaml"
	case $namespace in
	described) pods part 2 tests/kubernetes/pods/settings.yaml | pods without labels annotations >"$work/wanted.yaml" ;;
	*) cp "$work/before.yaml" "$work/wanted.yaml" ;;
	esac
	becomes "$work/namespaces.yaml" "$work/before.yaml" "$work/wanted.yaml" "mutating-policy: a namespace: $namespace" \
		--values-file "$work/values.yaml"
done
pods part 1 tests/kubernetes/pods/refused.yaml | in_namespace described >"$work/before.yaml"
becomes "$work/namespaces.yaml" "$work/before.yaml" "$work/before.yaml" 'mutating-policy: a namespace: a pod that opts out' \
	--values-file "$work/values.yaml"
is 'one expression for both engines' "$(pods spec config/kubernetes/kyverno/mutating-policy.yaml matchConditions variables mutations)" \
	"$(pods spec config/kubernetes/admission-policy/policy.yaml matchConditions variables mutations)"
finish
