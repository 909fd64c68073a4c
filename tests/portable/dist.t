#!/bin/sh
# SPDX-License-Identifier: MIT
# Release tarballs: made twice alike, complete, and what they hold runs.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
is() { # NAME SEEN WANTED
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		printf 'not ok %s - %s\n# wanted: %s\n# seen:   %s\n' "$number" "$1" "$3" "$2"
	fi
}

version=$(sed -n 's/^VERSION  := //p' Makefile)
make --no-print-directory -s dist >"$work/sums" 2>"$work/err" || sed 's/^/# /' "$work/err"
cp build/dist/*.tar.gz "$work"
is 'both are named' "$(cut -d ' ' -f 3 "$work/sums" | tr '\n' ' ')" \
	"dualbind-$version-linux-aarch64.tar.gz dualbind-$version-linux-x86_64.tar.gz "
is 'by their SHA-256' "$(cd "$work" && sha256sum --quiet -c sums 2>&1)" ''
rm -rf build/dist/x86_64 build/dist/aarch64
make --no-print-directory -s dist >"$work/again" 2>/dev/null
is 'built anew they are the same' "$(cat "$work/again")" "$(cat "$work/sums")"

# What the documents say of sizes: the number before "kB for MACHINE" or "MB for MACHINE", in kB.
kilobytes() { # MACHINE kB|MB
	sed -n '/^## Sizes/,$p' docs/portability.md | tr '\n' ' ' | grep -oE "[0-9.]+ $2 for $1" |
		awk -v unit="$2" '{ print unit == "MB" ? $1 * 1000 : $1 }'
}
near() { # KILOBYTES FILE
	size=$(wc -c <"$2")
	if [ "$((size * 10))" -ge "$(($1 * 9000))" ] && [ "$((size * 10))" -le "$(($1 * 11000))" ]; then echo near; else echo "$1 kB, and $size bytes"; fi
}
for machine in x86_64 aarch64; do
	name=dualbind-$version-linux-$machine
	tar -xzf "$work/$name.tar.gz" -C "$work"
	is "$machine: its files" "$(cd "$work/$name" && find . -path ./docs -prune -o -path ./config -prune -o -type f -print | LC_ALL=C sort | tr '\n' ' ')" \
		"./CHANGELOG.md ./CONTRIBUTING.md ./LICENSE ./README.md ./SECURITY.md ./bin/dualbind ./lib/libdualbind.so \
./share/bash-completion/completions/dualbind ./share/fish/vendor_completions.d/dualbind.fish ./share/man/man1/dualbind.1 \
./share/man/man8/libdualbind.8 ./share/zsh/site-functions/_dualbind "
	is "$machine: what README links to" "$(grep -oE '\]\([^)#]+' README.md | cut -c3- | grep -v '^https*:' |
		while read -r path; do [ -e "$work/$name/$path" ] || echo "$path"; done)" ''
	is "$machine: documents and configuration as in the repository" \
		"$(cd "$work/$name" && find docs config -type f | LC_ALL=C sort)" \
		"$(git ls-files docs config 2>/dev/null | grep -v -e '^docs/man/' -e '^docs/completion/' | LC_ALL=C sort)"
	is "$machine: no owner but root" "$(tar -tvzf "$work/$name.tar.gz" --numeric-owner | grep -vc ' 0/0 ')" 0
	is "$machine: no debug information" \
		"$(readelf --wide -S "$work/$name/lib/libdualbind.so" "$work/$name/bin/dualbind" | grep -c debug_)" 0
	case $machine in x86_64) called=x86-64 ;; *) called=$machine ;; esac
	is "$machine: the size of the library, as docs/portability.md has it, within a tenth" \
		"$(near "$(kilobytes "$called" kB)" "$work/$name/lib/libdualbind.so")" near
	is "$machine: and that of the command" "$(near "$(kilobytes "$called" MB)" "$work/$name/bin/dualbind")" near
	[ "$machine" = "$(uname -m)" ] && emulator= || emulator=$(command -v qemu-$machine-static || command -v qemu-$machine)
	is "$machine: the command runs" "$($emulator "$work/$name/bin/dualbind" --version)" "dualbind $version"
	mkdir "$work/$machine"
	$emulator "$work/$name/bin/dualbind" install "$work/$machine" >"$work/out" 2>&1
	is "$machine: and finds its library" "$(cd "$work/$machine" 2>/dev/null && cmp libdualbind.so "../$name/lib/libdualbind.so" && echo found)" found
done
echo "1..$number"
