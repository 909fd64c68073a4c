#!/bin/sh
# SPDX-License-Identifier: MIT
# Every input that the fuzz targets have kept, once more, under sanitizers.
# needs: build/tests/fuzz/replay-allowlist build/tests/fuzz/replay-cmsg_buf build/tests/fuzz/replay-sock_diag build/tests/fuzz/replay-elffile build/tests/fuzz/replay-held build/tests/fuzz/replay-procfs build/tests/fuzz/replay-settings
set -u
cd "$(dirname "$0")/../.." || exit 1
number=0
for folder in tests/fuzz/corpus/*; do
	target=${folder##*/}
	number=$((number + 1))
	if said=$("build/tests/fuzz/replay-$target" "$folder"/* 2>&1); then
		echo "ok $number - $target ($said)"
	else
		echo "not ok $number - $target"
		printf '%s\n' "$said" | head -n 30 | sed 's/^/# /'
	fi
done
echo "1..$number"
