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

becomes() { # POLICY POD WANTED NAME
	rm -rf "$work/mutated"
	mkdir "$work/mutated"
	try "$kyverno" apply "$1" --resource "$2" --output "$work/mutated"
	cp "$2" "$work/seen" # what no rule concerns is not written
	cat "$work/mutated"/* >"$work/seen.new" 2>/dev/null && [ -s "$work/seen.new" ] && cp "$work/seen.new" "$work/seen"
	is "$4" "$(pods same "$work/seen" "$3")" ''
}

for policy in cluster-policy mutating-policy; do
	for file in tests/kubernetes/pods/*.yaml; do
		name=$(basename "$file" .yaml)
		pods part 1 "$file" >"$work/before.yaml"
		pods part 2 "$file" >"$work/wanted.yaml"
		becomes "config/kubernetes/kyverno/$policy.yaml" "$work/before.yaml" "$work/wanted.yaml" "$policy: $name"
		becomes "config/kubernetes/kyverno/$policy.yaml" "$work/wanted.yaml" "$work/wanted.yaml" "$policy: $name, once more"
	done
done
is 'one expression for both engines' "$(pods spec config/kubernetes/kyverno/mutating-policy.yaml matchConditions variables mutations)" \
	"$(pods spec config/kubernetes/admission-policy/policy.yaml matchConditions variables mutations)"
finish
