#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind install: two files, whole or not at all, by whomever and wherever.
# shellcheck disable=SC2016 # what is in single quotes is for an inner shell
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
if [ "$(id -u)" = 0 ] && [ -z "${INSTALL_PRIVATE:-}" ]; then
	trap - EXIT # mounts of its own, which vanish with it
	rm -rf "$work"
	export INSTALL_PRIVATE=1
	exec unshare --mount sh "$0"
fi
trap 'umount "$work"/*.fs 2>/dev/null; rm -rf "$work"' EXIT

target=$work/target
mkdir "$target"
try "$command" install "$target"
is 'says what it wrote' "$status $(sed 's/([0-9]* bytes/(N bytes/' "$work/out")" "0 wrote $target/libdualbind.so (N bytes, mode 0444)
wrote $target/dualbind (N bytes, mode 0555)"
is 'modes, whatever the umask' "$(stat -c '%a %n' "$target"/*)" "555 $target/dualbind
444 $target/libdualbind.so"
ok_same() { cmp "$1" "$2" >/dev/null && echo same; }
is 'the library is whole' "$(ok_same "$library" "$target/libdualbind.so")" same
is 'the command is whole' "$(ok_same "$command" "$target/dualbind")" same
try "$target/dualbind" run env
is 'what it wrote runs, with its own library' "$(sed -n 's/^LD_PRELOAD=//p' "$work/out")" "$target/libdualbind.so"
try sh -c 'umask 777; exec "$0" install "$1"' "$target/dualbind" "$target"
is 'over itself' "$status $(stat -c %a "$target/libdualbind.so") $(ok_same "$library" "$target/libdualbind.so")" \
	'0 444 same'
is 'nothing else is left' "$(find "$target" -mindepth 1 | wc -l)" 2

# A program that has the old library loaded keeps it: the file is replaced, not
# written over.
old=$(stat -c %i "$target/libdualbind.so")
exec 3<"$target/libdualbind.so"
try "$command" install "$target"
is 'a file in use is replaced' "$([ "$(stat -c %i "$target/libdualbind.so")" != "$old" ] && cmp - "$library" <&3 && echo whole)" whole
exec 3<&-

refused 'no such folder' 125 '*/nosuch*No such file*remedy: *' "$command" install "$work/nosuch"
refused 'a file' 125 '*Not a directory*remedy: *' "$command" install "$command"
refused 'where no file can be made' 125 '*/proc/libdualbind.so cannot be written*remedy: name another folder*' "$command" install /proc
mkdir "$work/alone"
cp "$command" "$work/alone/"
refused 'no library to be copied' 125 '*neither in*DUALBIND_LIBRARY*' "$work/alone/dualbind" install "$target"
# A disk that fails at the last moment.
if command -v strace >/dev/null; then
	strace -qq -y -o "$work/closes" -e trace=close "$command" install "$target" >/dev/null
	close=$(grep -n "/\.libdualbind\.so\." "$work/closes" | cut -d: -f1) # of all, that of the copy
	before=$(cksum "$target"/*)
	for fault in fsync:error=EIO fchmod:error=EPERM write:error=ENOSPC:when=2 renameat:error=EACCES \
		"close:error=EDQUOT:when=$close"; do
		# shellcheck disable=SC2046 # words
		refused "$fault" 125 '*cannot be written*' strace -qq -o /dev/null -e "trace=${fault%%:*}" \
			-e "inject=$fault" "$command" install "$target"
		is "$fault: what was there stays, and nothing else" "$(cksum "$target"/*) $(find "$target" -name '.*')" "$before "
	done
else
	skip 'a disk that fails' 'strace is not installed'
fi
if [ "$(id -u)" != 0 ]; then
	skip 'full, read-only and noexec targets, another user' 'only root can make them'
	finish
	exit
fi

file_system() { # NAME OPTIONS
	mkdir "$work/$1.fs"
	mount -t tmpfs -o "mode=1777,$2" none "$work/$1.fs"
}
file_system read-only ro
refused 'a read-only target' 125 '*Read-only*remedy: mount it writable*' "$command" install "$work/read-only.fs"
file_system full size=1M
refused 'a full target' 125 '*No space left*remedy: give it more room*' "$command" install "$work/full.fs"
is 'a full target: nothing is left there' "$(find "$work/full.fs" -mindepth 1)" ''
file_system half size=1M
echo old >"$work/half.fs/libdualbind.so"
refused 'a target with room for one' 125 '*No space left*' "$command" install "$work/half.fs"
is 'a target with room for one: what was there stays' "$(cat "$work"/half.fs/*)" old
is 'a target with room for one: alone' "$(find "$work/half.fs" -mindepth 1 -name '.*')" ''
file_system noexec noexec
try "$command" install "$work/noexec.fs"
is 'a noexec target: done' "$status" 0
matches 'a noexec target: with a note' "$(err)" '*noexec*'

printf '#!/bin/sh\nexec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"\n' >"$work/somebody"
chmod 755 "$work/somebody"
mkdir "$work/theirs"
chmod 777 "$work/theirs"
try "$work/somebody" "$command" install "$work/theirs"
is 'as a user without a name' "$status $(stat -c '%u %a' "$work/theirs/dualbind")" '0 12345 555'
refused 'where that user may not write' 125 '*Permission denied*remedy: let this user write*' \
	"$work/somebody" "$command" install "$target"
cp "$library" "$work/secret.so"
chmod 600 "$work/secret.so"
refused 'a library that this user may not read' 125 '*secret.so cannot be read*' \
	"$work/somebody" env DUALBIND_LIBRARY="$work/secret.so" "$command" install "$work/theirs"

# An image that holds nothing else: no shell, no C library, a read-only root and
# an emptyDir.
mkdir "$work/root" "$work/root/proc" "$work/root/dir"
cp "$command" "$library" "$work/root/"
mount --bind "$work/root" "$work/root"
mount -t tmpfs -o mode=1777 none "$work/root/dir"
mount --bind /proc "$work/root/proc"
mount -o remount,bind,ro "$work/root"
try chroot --userspec=12345:12345 "$work/root" /dualbind install /dir
is 'from scratch, read-only, as that user' "$status $(stat -c '%u %a' "$work/root/dir/libdualbind.so")" '0 12345 444'
try chroot "$work/root" /dir/dualbind rules 8080
is 'and the copy runs' "$status" 0
umount "$work/root/proc"
refused 'without /proc: no library' 125 '*the library cannot be found*remedy: *mount /proc*' \
	chroot "$work/root" /dualbind install /dir
refused 'without /proc: no command' 125 '*own file cannot be found*remedy: mount /proc*' \
	env DUALBIND_LIBRARY=/libdualbind.so chroot "$work/root" /dualbind install /dir
umount "$work/root/dir" "$work/root"
finish
