#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/spdx, which make lint runs: it names each file that does not say its licence.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/shim/core" "$work/tests/fuzz/corpus/proc" "$work/build"
licence='SPDX-License-Identifier: MIT'
for file in shim/core/some.c shim/core/some.h tests/some.t tests/some.mk Makefile; do
	echo "/* $licence */" >"$work/$file"
done
for file in build/some.c tests/fuzz/corpus/proc/some.c tests/list README.md; do echo text >"$work/$file"; done
is 'whole' "$(scripts/spdx "$work" 2>&1; echo $?)" 0
for file in shim/core/some.c shim/core/some.h tests/some.t tests/some.mk Makefile tests/script; do
	if [ -e "$work/$file" ]; then cp "$work/$file" "$work/kept"; else echo "# $licence" >"$work/kept"; fi
	printf '#!/bin/sh\n' >"$work/$file"
	is "without: $file" "$(scripts/spdx "$work" 2>&1; echo $?)" \
		"$file: no comment \"$licence\" at its head
1"
	mv "$work/kept" "$work/$file"
done
echo 1..$number
