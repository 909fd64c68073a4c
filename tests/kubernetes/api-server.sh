#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/kubernetes/api-server.sh COMMAND...: a real API server with etcd, of an IPv6-only
# cluster without nodes, in a network namespace of its own, and COMMAND beside
# it. KUBECONFIG is set; kubectl is in PATH. Nothing is left of it.
set -eu
tools=$(cd "$(dirname "$0")/../.." && pwd)/build/kubernetes
if [ -z "${API_SERVER:-}" ]; then
	API_SERVER=$(mktemp -d "${TMPDIR:-/tmp}/dualbind-api.XXXXXX")
	export API_SERVER
	trap 'rm -rf "$API_SERVER"' EXIT
	unshare --net --pid --fork --kill-child "$0" "$@" || exit
	exit
fi
PATH=$tools:$PATH
export KUBECONFIG="$API_SERVER/kubeconfig"
cd "$API_SERVER"
ip link set lo up
ip -6 address add fd00:db::10/128 dev lo nodad
ip -6 route add default dev lo

etcd --data-dir etcd --listen-client-urls 'http://[::1]:2379' --advertise-client-urls 'http://[::1]:2379' \
	--listen-peer-urls 'http://[::1]:2380' --initial-advertise-peer-urls 'http://[::1]:2380' \
	--initial-cluster 'default=http://[::1]:2380' --unsafe-no-fsync >etcd.log 2>&1 &
openssl genrsa -out key 2048 2>/dev/null
echo 'secret,admin,admin,system:masters' >tokens
kube-apiserver --etcd-servers='http://[::1]:2379' --bind-address=:: --advertise-address=fd00:db::10 --secure-port=6443 \
	--cert-dir=certs --token-auth-file=tokens --authorization-mode=RBAC \
	--service-cluster-ip-range=fd00:db:1::/112 --service-account-issuer=https://localhost \
	--service-account-key-file=key --service-account-signing-key-file=key \
	--disable-admission-plugins=ServiceAccount >server.log 2>&1 &
server=$!
cat >kubeconfig <<'CONFIG'
apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: admin}}]
users: [{name: admin, user: {token: secret}}]
clusters: [{name: here, cluster: {server: "https://[::1]:6443", insecure-skip-tls-verify: true}}]
CONFIG
tries=0
until kubectl get --raw=/readyz >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ "$tries" -ge 240 ] || ! kill -0 "$server" 2>/dev/null; then
		echo 'api-server: it does not start:' >&2
		tail -n 20 etcd.log server.log >&2
		exit 125
	fi
	sleep 0.5
done
cd "$OLDPWD"
"$@"
