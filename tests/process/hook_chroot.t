#!/bin/sh
# SPDX-License-Identifier: MIT
# When the machine's key is read: not in a program that needs none, and before
# a chroot takes /proc away; and what there is in its place where the boot id cannot be read.
# needs: build/tests/process/snippets/zygote
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${POD_IP6:-}" ]; then
	exec scripts/pod -- sh "$0"
fi
library=$PWD/build/libdualbind.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

strace -E LD_PRELOAD="$library" -E DUALBIND_ALLOW='*/any' -o "$work/calls" true
is 'a program that binds nothing reads no key' "$(grep -c boot_id "$work/calls")" 0
strace -E LD_PRELOAD="$library" -E DUALBIND_ALLOW='*/any' -o "$work/calls" true 2>&-
is 'nor does it do so without stderr' "$(grep -c boot_id "$work/calls")" 0

# A listener that is converted, and a process that inherits it by exec, goes
# into an empty folder, and serves a client there.
cat >"$work/server.py" <<'EOF'
import ctypes, os, socket, sys
if len(sys.argv) == 2:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 8080))
    listener.listen()
    os.set_inheritable(listener.fileno(), True)
    os.execv(sys.executable, [sys.executable, *sys.argv, str(listener.fileno())])
listener = socket.socket(fileno=int(sys.argv[2]))
client = socket.create_connection((os.environ["NODE_IP6"], 8080), source_address=(os.environ["NODE_IP6"], 0))
if sys.argv[1] == "/":
    pass
elif "BY_NUMBER" in os.environ:
    number = {"x86_64": 161, "aarch64": 51}[os.uname().machine]
    assert ctypes.CDLL(None).syscall(number, sys.argv[1].encode()) == 0
else:
    os.chroot(sys.argv[1])
print(listener.accept()[1][0])
EOF
shown() { # ROOT
	LD_PRELOAD=$library DUALBIND_ALLOW=8080 python3 "$work/server.py" "$1"
}
mkdir "$work/empty"
usual=$(shown /)
matches 'an IPv6 client is shown from the pool' "$usual" '2[45][0-9].*.*.*'
is 'in a chroot it is shown alike' "$(shown "$work/empty")" "$usual"
is 'and by syscall(2)' "$(BY_NUMBER=1 shown "$work/empty")" "$usual"

if [ "$(id -u)" = 0 ]; then
	zygote=$PWD/build/tests/process/snippets/zygote
	is 'a child without errno reads the key' "$(LD_PRELOAD=$library DUALBIND_ALLOW=8080 "$zygote")" 0
	is 'and by syscall(2)' "$(LD_PRELOAD=$library DUALBIND_ALLOW=8080 "$zygote" number)" 0
fi

# Processes alone, as systemd mounts it by ProcSubset=pid: without the boot id.
cat >"$work/workers.py" <<'EOF'
import os, socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 8080))
listener.listen()
for worker in range(3):
    if os.fork() == 0:
        client = socket.create_connection((os.environ["NODE_IP6"], 8080), source_address=(os.environ["NODE_IP6"], 0))
        print(listener.accept()[1][0], flush=True)
        os._exit(0)
    os.wait()
EOF
if [ "$(id -u)" = 0 ] && ! unshare --mount mount -t proc -o subset=pid proc /proc; then
	number=$((number + 1))
	echo "ok $number - without a boot id # SKIP no subset=pid of proc on this kernel"
elif [ "$(id -u)" = 0 ]; then
	with_subset() { # VARIABLE...: prints how three workers show a client, each way once
		# shellcheck disable=SC2016 # expanded within
		unshare --mount sh -c 'mount -t proc -o subset=pid proc /proc && ! [ -e /proc/sys ] && exec "$@"' sh \
			env LD_PRELOAD="$library" DUALBIND_ALLOW=8080 DUALBIND_LOG="info:$work/log" "$@" \
			python3 "$work/workers.py" | sort -u
	}
	told() { grep -c 'boot id cannot be read' "$work/log"; }
	: >"$work/log"
	first=$(with_subset) second=$(with_subset)
	matches 'without a boot id, workers show a client alike' "$first" '2[45][0-9].*.*.*'
	is 'that is one address' "$(echo "$first" | wc -l)" 1
	is 'another process shows it by another one' "$([ "$first" != "$second" ] && echo so)" so
	is 'each says so once' "$(told)" 2
	: >"$work/log"
	is 'with DUALBIND_KEY they show it alike' "$(with_subset DUALBIND_KEY=secret)" \
		"$(with_subset DUALBIND_KEY=secret)"
	is 'and say nothing' "$(told)" 0
fi
echo "1..$number"
