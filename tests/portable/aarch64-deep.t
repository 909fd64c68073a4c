#!/bin/sh
# SPDX-License-Identifier: MIT
# Modules that are loaded with RTLD_DEEPBIND, on aarch64, whose relocations are other
# ones. tests/process/hook_dlopen.t asks more.
# needs: build/aarch64/libdualbind.so
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=aarch64-root.sh
. tests/portable/aarch64-root.sh
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

set -- build/aarch64/tests/process/snippets/deep build/aarch64/tests/process/snippets/deep_module.so
if ! flock build/machine.lock make --no-print-directory -s CC=aarch64-linux-gnu-gcc CFLAGS=-Os B=build/aarch64 "$@" \
	>"$work/log" 2>&1; then
	is 'builds for aarch64' "$(cat "$work/log")" ''
	echo 1..1
	exit
fi
cat >"$work/script" <<'END'
for protocol in tcp udp; do
	for who in module program; do
		for how in plain deep threads; do
			for allow in none '*/any'; do
				echo "said $protocol $who $how $allow: $(
					LD_PRELOAD=build/aarch64/libdualbind.so DUALBIND_ALLOW=${allow#none} timeout 60 \
						build/aarch64/tests/process/snippets/deep $how $who $protocol 2>&1
				)"
			done
		done
	done
done
END
tests/portable/machine "$root" "$work/script" build/aarch64/libdualbind.so "$@" 2>&1 | tr -d '\r' >"$work/log"
grep -q '^said' "$work/log" || sed 's/^/# /' "$work/log"

said() { # PROTOCOL WHO HOW ALLOW
	grep -F "said $*: " "$work/log" | sed 's/^[^:]*: //'
}
for protocol in tcp udp; do
	for who in module program; do
		for how in plain deep threads; do
			whose=$([ "$how" = plain ] && echo not its own || echo its own)
			name="$protocol, the $who's socket, $how"
			is "$name: without a rule" "$(said "$protocol" "$who" "$how" none)" "calls $whose, no client"
			is "$name: converted" "$(said "$protocol" "$who" "$how" '*/any')" "calls $whose, AF_INET"
		done
	done
done
echo "1..$number"
