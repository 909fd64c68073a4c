# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What linux-*.t do: run tests in a machine with another kernel, $kernel of
# tests/kernels/list. KERNEL_TESTS=all (make check-kernels): all unit and process
# tests and servers.t, but for those in left-out. Otherwise those in quick.
#
# A test says what a kernel lacks ("no X on this kernel"), and leaves that part out.
# That passes only where "differences" has X for this kernel, with the reason; and
# where all tests are run, what it has must be met.
# needs: tests
set -u
cd "$(dirname "$0")/../.." || exit 1
here=tests/kernels
number=0
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}
[ "$(dpkg --print-architecture)" = amd64 ] || skip_all "the kernels are for x86-64"

ok() { # ok|not ok NAME
	number=$((number + 1))
	echo "$1 $number - ${kernel:?set by linux-*.t}: $2"
}

tests() {
	if [ "${KERNEL_TESTS:-}" = all ]; then
		printf '%s\n' tests/kernels/servers.t tests/process/*.t # those that take longest
		for source in tests/process/check_*.c tests/unit/test_*.c; do echo "build/${source%.c}"; done
	else
		cat $here/quick
	fi | while read -r test; do
		grep -q "^$(basename "$test")	" $here/left-out || echo "$test"
	done
}

servers() {
	[ "${KERNEL_TESTS:-}" = all ] || echo nginx go
}

# What it lacks, one a line: as a test said, and as is explained.
lacks() { # FILE
	sed -n 's/^.*# \(SKIP \)\{0,1\}no \(.*\) on this kernel$/\2/p' "$@" | sort -u
}
explained() {
	awk -F '\t' -v kernel="$kernel" '!/^#/ && (" " $2 " ") ~ (" " kernel " ") { print $1 }' $here/differences
}

# Whether a test passed, and told of nothing else that it left out.
passed() { # TEST
	said=$out/$(basename "$1")
	grep -q "^$1 0 " "$out/results" && grep -q -e '^ok ' -e '^1\.\.0 # SKIP' "$said" && ! grep -q '^not ok ' "$said" || return 1
	# cmocka names the case alone; what it lacks is told before, and tests/run-one adds it.
	! grep -q '^ok [0-9]* # SKIP [a-z0-9_]*\(: .*\)\{0,1\}$' "$said" || [ -n "$(lacks "$said")" ] || return 1
	! grep '# SKIP' "$said" | grep -qv -e '# SKIP no .* on this kernel$' -e '^ok [0-9]* # SKIP [a-z0-9_]*\(: .*\)\{0,1\}$' || return 1
	! lacks "$said" | grep -qvxF "$(explained)"
}

out=$PWD/build/kernels/$kernel${KERNEL_TESTS:+-$KERNEL_TESTS}
rm -rf "$out"
mkdir -p "$out"
# shellcheck disable=SC2046 # names
MACHINE_SECONDS=$((${TEST_TIMEOUT:-300} - 20)) $here/machine "$kernel" "$out" \
	sh $here/inside.sh /run/out "${SERVERS-$(servers)}" $(tests) \
	2>"$out/why" || [ -s "$out/console" ] || skip_all "$(cat "$out/why")"
if ! [ -s "$out/results" ]; then
	ok 'not ok' "boots, and ends a test"
	sed 's/^/# console: /' "$out/console"
	echo "1..$number"
	exit
fi
for test in $(tests); do
	if passed "$test"; then
		ok ok "$test: $(grep -c '^ok ' "$out/$(basename "$test")") cases"
	else
		ok 'not ok' "$test: $(grep "^$test " "$out/results" || echo did not end)"
		grep -v '^ok ' "$out/$(basename "$test")" | sed 's/^/# /'
	fi
done
find "$out" -type f ! -name console -exec cat {} + | lacks >"$out/lacks"
if [ "${KERNEL_TESTS:-}" = all ]; then
	if explained | sort -u | cmp -s - "$out/lacks"; then same=ok; else same='not ok'; fi
	ok "$same" "lacks what differences has, no more and no less"
fi
sed "s/^/# $kernel lacks /" "$out/lacks"
echo "1..$number"
