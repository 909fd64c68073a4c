#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library needs of a C library, in each build of it that is there: files
# and functions that glibc 2.17 has (2012; aarch64's first), and musl too, which
# answers to glibc's file names.
set -u
cd "$(dirname "$0")/../.." || exit 1
number=0

is() { # NAME SEEN WANTED
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		printf 'not ok %s - %s\n# wanted: %s\n# seen:   %s\n' "$number" "$1" "$3" "$2"
	fi
}

in_line() {
	sort -u | tr '\n' ' '
}

# Also what is no number, as GLIBC_ABI_DT_RELR and GLIBC_PRIVATE, and GCC_*.
newer_versions() { # LIBRARY
	readelf --wide --version-info "$1" | sed -n 's/.*Name: \([^ ]*\) .*/\1/p' | awk '
		/^GLIBC_[0-9]+\.[0-9.]+$/ { split(substr($1, 7), of, "."); if (of[1] == 2 && of[2] <= 17) next }
		{ print }' | in_line
}

needed_functions() { # LIBRARY
	readelf --wide --dyn-syms "$1" | awk '$7 == "UND" && $5 != "WEAK" && $8 { sub(/@.*/, "", $8); print $8 }' | sort -u
}

# musl's functions are the same for every architecture.
musl=$(find /usr/lib/*-linux-musl/libc.so /lib/ld-musl-*.so.1 2>/dev/null | head -n 1)
readelf --wide --dyn-syms "${musl:?musl is not installed}" | awk '$7 != "UND" { print $8 }' | sort -u >build/musl-functions
is "musl's list is one" "$(grep -cx -e bind -e printf -e malloc build/musl-functions)" 3

other=build/aarch64/libdualbind.so
[ "$(uname -m)" != aarch64 ] || other=
for library in build/libdualbind.so $other; do
	is "$library: needs libc alone" \
		"$(readelf --wide -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | in_line)" 'libc.so.6 '
	is "$library: it says which versions" "$(readelf --wide --version-info "$library" | grep -c 'Name: GLIBC_2')" \
		"$(readelf --wide --version-info "$library" | grep -c 'Name:')"
	is "$library: no version is newer than glibc 2.17" "$(newer_versions "$library")" ''
	is "$library: no function is unknown to musl" \
		"$(needed_functions "$library" | comm -23 - build/musl-functions | in_line)" ''
	is "$library: functions are read" "$(needed_functions "$library" | grep -cx -e __errno_location -e dl_iterate_phdr)" 2
	is "$library: no executable stack, no text relocation" \
		"$(readelf --wide -ld "$library" | grep -c -e 'GNU_STACK.*RWE' -e TEXTREL)" 0
done
echo "1..$number"
