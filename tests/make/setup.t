#!/bin/sh
# SPDX-License-Identifier: MIT
# What a newcomer meets: what is missing, where tests cannot run, why one was stopped or skipped, uninstall.
# needs: build/libdualbind.so build/dualbind
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=../process/tap.sh
. tests/process/tap.sh
unset MAKEFLAGS MAKELEVEL TEST_TAPS
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
mkdir "$work/taps"

as_another() { setpriv --reuid=65534 --clear-groups "$@"; }
one() { TEST_TAPS=$work/taps tests/run-one "$work/some.t" 2>"$work/err"; }

cat >"$work/some.t" <<'END'
echo '# this user is not root'
echo 'not ok 1 # SKIP a_case'
echo 'not ok 2 # SKIP another'
echo '# TEST_SEED=1'
echo 'ok 3 - passes'
echo 'not ok 4 - fails'
echo 'ok 5 # SKIP a script gives its own'
END
is "a skipped case of cmocka's has its reason" "$(one | grep -v '^# ')" 'ok 1 # SKIP a_case: this user is not root
ok 2 # SKIP another
ok 3 - passes
not ok 4 - fails
ok 5 # SKIP a script gives its own'

mkdir "$work/other"
cp "$work/some.t" "$work/other/some.t"
one >/dev/null
TEST_TAPS=$work/taps tests/run-one "$work/other/some.t" >/dev/null 2>&1
is 'tests of the same name in two folders are kept apart' "$(find "$work/taps" -name '*some.t.tap' | wc -l)" 2

echo 'exec sleep 600' >"$work/some.t"
export TEST_TIMEOUT=1
is 'a test that takes too long fails' "$(one; echo $?)" 124
is '... and the message names TEST_TIMEOUT' "$(cat "$work/err")" \
	"$work/some.t: stopped after 1 seconds; TEST_TIMEOUT=SECONDS gives it more"
unset TEST_TIMEOUT
printf '# Time limit: 1 seconds.\nexec sleep 600\n' >"$work/some.t"
is 'a script may name its own limit' "$(one; echo $?; cat "$work/err")" \
	"124
$work/some.t: stopped after 1 seconds; TEST_TIMEOUT=SECONDS gives it more"
echo 'exit 124' >"$work/some.t"
is 'one that ends by itself was not stopped' "$(one; echo $?; cat "$work/err")" 124

is 'make check looks first whether tests can run, and says what it costs' \
	"$(make --no-print-directory -n MAKE=: check | sed -n '1p; 2s/^\(echo .make check: \)[0-9]*/\1N/p; /deps$/=')" "tests/may-run
echo 'make check: N files of tests, 20 to 40 minutes on two processors, 5 GB of disk.'
5"

if [ "$(id -u)" = 0 ] && as_another true 2>/dev/null; then
	mkdir -p "$work/closed/tree"
	chmod 700 "$work/closed"
	is 'in a folder that not every user may enter, no test runs' "$(tests/may-run "$work/closed/tree" 2>&1; echo $?)" \
		"The tests cannot run in $work/closed/tree: some of them are another user for a while, who may not enter it.
Move it (mv $work/closed/tree /srv/), or let others in: chmod a+x FOLDER, for each folder above it.
1"
	chmod 711 "$work/closed"
	is 'in one that they may, they do' "$(tests/may-run "$work/closed/tree" 2>&1; echo $?)" 0
	if command -v apt-get >/dev/null; then
		is 'an ordinary user is told the packages and one line' \
			"$(as_another scripts/deps packages dualbind-none-1 dualbind-none-2 dualbind-none-1 2>&1; echo $?)" \
			'This test needs packages that are not installed: dualbind-none-1 dualbind-none-2
Install them with:  sudo scripts/deps packages dualbind-none-1 dualbind-none-2
1'
		is "... for make check it is make's" "$(as_another scripts/deps check dualbind-none 2>&1 | tail -n 1)" 'Install them with:  sudo make deps'
	fi
fi
is 'an unknown target is wrong usage' "$(scripts/deps nonsense >/dev/null 2>&1; echo $?)" 2

make --no-print-directory -s install DESTDIR="$work/root" PREFIX=/usr
is 'make install puts them there' "$(find "$work/root" -name '*dualbind*' -type f | wc -l)" "$(make --no-print-directory -s -n install PREFIX=/usr | grep -c '^install -m')"
make --no-print-directory -s uninstall DESTDIR="$work/root" PREFIX=/usr
is 'make uninstall leaves nothing' "$(find "$work/root" -type f)" ''
echo 1..$number
