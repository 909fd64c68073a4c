# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2154 # cluster.t's
# The admission policy beside what a namespace says: labels, annotations, limits, quotas. Read by cluster.t.

becomes() { # NAME NAMESPACE BEFORE AFTER: files; what the server makes of the one is the other
	dry "$2" "$3" >"$work/seen"
	dry plain "$4" >"$work/wanted.json"
	is "$1" "$(pods same "$work/seen" "$work/wanted.json" 2>&1)" ''
}
pod() { # PART NAME
	pods part "$1" "tests/kubernetes/pods/$2.yaml"
}

kubectl create namespace plain >/dev/null
kubectl create --filename - >/dev/null <<'NAMESPACES'
apiVersion: v1
kind: Namespace
metadata: {name: opted, labels: {dualbind.io/inject: "8080"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: refused, labels: {dualbind.io/inject: "false"}}
---
apiVersion: v1
kind: Namespace
metadata:
  name: described
  labels: {dualbind.io/inject: "true"}
  annotations: {dualbind.io/allow: "8080", dualbind.io/peers: native, dualbind.io/log: "debug:/dev/stdout", dualbind.io/dry-run: "true"}
NAMESPACES
pod 1 plain | pods without labels >"$work/pod.yaml"
pod 2 plain | pods without labels >"$work/after.yaml"
becomes 'a namespace with the label: its pods' opted "$work/pod.yaml" "$work/after.yaml"
becomes 'a namespace with the label: a pod once more' opted "$work/after.yaml" "$work/after.yaml"
becomes 'a namespace with the label "false": none' refused "$work/pod.yaml" "$work/pod.yaml"
becomes 'a namespace without it: none' plain "$work/pod.yaml" "$work/pod.yaml"
pod 1 refused >"$work/pod.yaml"
becomes 'a namespace with the label: a pod that opts out' opted "$work/pod.yaml" "$work/pod.yaml"
pod 1 every-port >"$work/pod.yaml"
pod 2 every-port >"$work/after.yaml"
becomes "a namespace with the label: a pod's own counts" opted "$work/pod.yaml" "$work/after.yaml"
pod 1 plain >"$work/pod.yaml"
pod 2 plain >"$work/after.yaml"
becomes 'a namespace with the label "false": a pod opts in' refused "$work/pod.yaml" "$work/after.yaml"
pod 1 mirror | pods without labels >"$work/pod.yaml"
becomes 'a namespace with the label: no mirror of a static pod' opted "$work/pod.yaml" "$work/pod.yaml"

# Its annotations count for its pods, but for rules where a pod says which.
pod 1 settings | pods without labels annotations >"$work/pod.yaml"
pod 2 settings | pods without labels annotations >"$work/after.yaml"
becomes "a namespace's annotations" described "$work/pod.yaml" "$work/after.yaml"
pod 1 settings | pods without annotations | sed 's/8080/9090/' >"$work/pod.yaml"
pod 2 settings | pods without annotations | sed 's/8080/9090/' >"$work/after.yaml"
becomes "a namespace's annotations: the pod's label counts for rules" described "$work/pod.yaml" "$work/after.yaml"
pod 1 annotated >"$work/pod.yaml"
pod 2 annotated >"$work/after.yaml"
becomes "a namespace without annotations: a pod's own" opted "$work/pod.yaml" "$work/after.yaml"

# A LimitRange that says the least and the most, and a quota that is what the pod takes natively. (What the
# controller manager would write into its status is written here.)
kubectl create namespace limited >/dev/null
kubectl create --namespace limited --filename - >/dev/null <<'LIMITS'
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec:
  limits:
    - type: Container
      min: {cpu: 250m, memory: 128Mi}
      max: {cpu: "3", memory: 5Gi}
      default: {cpu: 500m, memory: 256Mi}
      defaultRequest: {cpu: 250m, memory: 128Mi}
      maxLimitRequestRatio: {cpu: "2"}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota}
spec: {hard: {requests.cpu: 250m, requests.memory: 128Mi, limits.cpu: 500m, limits.memory: 256Mi}}
LIMITS
kubectl patch --namespace limited resourcequota quota --subresource=status --type=merge --patch '{"status": {
	"hard": {"requests.cpu": "250m", "requests.memory": "128Mi", "limits.cpu": "500m", "limits.memory": "256Mi"},
	"used": {"requests.cpu": "0", "requests.memory": "0", "limits.cpu": "0", "limits.memory": "0"}}}' >/dev/null
pod 1 plain >"$work/pod.yaml"
accepted 'within a LimitRange and a quota: the pod' limited "$work/pod.yaml"
is 'within a LimitRange and a quota: it has the library' "$(grep -c '"value": "/dualbind/libdualbind.so"' "$work/answer")" 1
pod 1 preloaded >"$work/pod.yaml"
matches 'the quota is in force' "$(dry limited "$work/pod.yaml")" '*exceeded quota*'

# The image as a volume, by the two lines that the head of kustomization.yaml has for it.
lines=$(sed -n 's/^# *\(- {op: [a-z]*, path: \/spec\/variables\/1\/.*\)/\1/p' config/kubernetes/admission-policy/kustomization.yaml)
kubectl patch mutatingadmissionpolicy dualbind.io --type=json --patch "$lines" >/dev/null
pod 1 sidecars >"$work/pod.yaml"
has_volume() { dry plain "$work/pod.yaml" | grep -q '"reference": "dualbind:0.1.0"'; }
until_true has_volume
for name in plain sidecars restricted guaranteed preloaded; do
	pod 1 "$name" >"$work/pod.yaml"
	pod 2 "$name" | pods image-volume >"$work/after.yaml"
	becomes "the image as a volume: $name" plain "$work/pod.yaml" "$work/after.yaml"
	becomes "the image as a volume: $name, once more" plain "$work/after.yaml" "$work/after.yaml"
done
pod 1 restricted >"$work/pod.yaml"
accepted 'the image as a volume: what it adds is restricted' strict "$work/pod.yaml"
kubectl apply --filename "$work/admission-policy.yaml" >/dev/null
has_no_volume() { ! has_volume; }
until_true has_no_volume
