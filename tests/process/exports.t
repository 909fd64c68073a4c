#!/bin/sh
# SPDX-License-Identifier: MIT
# The library exports its hooks and nothing else.
set -u
library=${DUALBIND_LIBRARY:-build/libdualbind.so}
echo 1..2

check() { # NUMBER NAME WANTED SEEN
	if [ "$3" = "$4" ]; then
		echo "ok $1 - $2"
	else
		printf 'not ok %s - %s\n# wanted: %s\n# seen:   %s\n' "$1" "$2" "$3" "$4"
	fi
}

hooks=$(cat shim/preload/*.c | sed -n 's/^HOOK [a-z_]* \*\{0,1\}\([a-z0-9_]*\)(.*/\1/p' | sort | tr '\n' ' ')
exported=$(readelf --wide --dyn-syms "$library" |
	awk '$5 != "LOCAL" && $7 != "UND" && $7 ~ /^[0-9]+$/ { print $8 }' | sort | tr '\n' ' ')
check 1 'the exported symbols are the hooks' "$hooks" "$exported"

listed=$(sed -n 's/^\t\([a-z0-9_]*\);$/\1/p' shim/preload/exports.map | sort | tr '\n' ' ')
check 2 'the version script lists the hooks' "$hooks" "$listed"
