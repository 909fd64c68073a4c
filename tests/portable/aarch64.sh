# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The aarch64 build in an emulated machine with a kernel of its own: unit tests and
# process tests, with the very library that `make dist` packs. Those that are not
# run there are in tests/portable/not-emulated, with the reason.
# shellcheck disable=SC2046,SC2086,SC2154 # words; kind is set by those that read this: names of tests
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source-path=SCRIPTDIR source=aarch64-root.sh
. tests/portable/aarch64-root.sh
stage=$PWD/build/machine/stage/$kind
number=0

ok() { # ok|not ok NAME
	number=$((number + 1))
	echo "$1 $number - $2"
}

names() {
	for source in tests/"${kind:?set by aarch64-*.t}"_*.c; do
		name=${source%.c}
		grep -q "^${name##*/}	" tests/portable/not-emulated || echo "$name"
	done
}

log=$PWD/build/machine-${kind%/*}.log
mkdir -p build
# One at a time: the two of them share objects.
exec 9>build/machine.lock
flock 9
if ! make --no-print-directory -s -j2 CC=aarch64-linux-gnu-gcc CFLAGS="-O1 --sysroot=$root" B=build/machine \
	$(names | sed 's|^|build/machine/|') >"$log" 2>&1 ||
	! make --no-print-directory -s CC=aarch64-linux-gnu-gcc B=build/aarch64 all >>"$log" 2>&1; then
	ok 'not ok' 'builds for aarch64'
	sed 's/^/# /' "$log"
	echo 1..1
	exit 1
fi
flock -u 9
rm -rf "$stage"
mkdir -p "$stage/tests/unit" "$stage/tests/process"
for name in $(names); do aarch64-linux-gnu-strip -o "$stage/$name" "build/machine/$name"; done
aarch64-linux-gnu-strip -o "$stage/libdualbind.so" build/aarch64/libdualbind.so
names >"$stage/list"
machine=$PWD/tests/portable/machine
(cd "$stage" && MACHINE_SECONDS=600 "$machine" "$root" "$machine-tests.sh" libdualbind.so list $(cat list)) >"$log" 2>&1

for name in $(names); do
	line=$(tr -d '\r' <"$log" | grep "^tap ${name##*/} ")
	case $line in
	"tap ${name##*/} 0 "[1-9]*) ok ok "$name: $(echo "$line" | cut -d ' ' -f 4) cases" ;;
	*)
		ok 'not ok' "$name: ${line:-did not end}"
		grep "^# ${name##*/}: " "$log"
		;;
	esac
done
sed 's/^/# not run: /' tests/portable/not-emulated
echo "1..$number"
