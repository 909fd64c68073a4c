#!/bin/sh
# SPDX-License-Identifier: MIT
# What dualbind run refuses, since it would silently not work; and that it would
# not indeed.
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
if [ "$(id -u)" = 0 ] && [ -z "${REFUSE_PRIVATE:-}" ]; then
	trap - EXIT # mounts of its own, which vanish with it
	rm -rf "$work"
	export REFUSE_PRIVATE=1
	exec unshare --mount --net sh "$0"
fi
trap 'umount "$work/suid" 2>/dev/null; rm -rf "$work"' EXIT
nobody=$work/nobody # runs its words as that user
printf '#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"\n' >"$nobody"
chmod 755 "$nobody"

# Prints the kernel's word on whether the loader is to ignore LD_PRELOAD.
cat >"$work/secure.c" <<'C'
#include <stdio.h>
#include <sys/auxv.h>

int main(void)
{
	printf("secure %lu\n", getauxval(AT_SECURE));
	return 0;
}
C
cc -o "$work/secure" "$work/secure.c"
cp "$work/secure" "$work/setuid"
cp "$work/secure" "$work/setgid"
cp "$work/secure" "$work/capable"
privileged=''
if [ "$(id -u)" = 0 ]; then
	mkdir "$work/suid"
	mount -t tmpfs -o mode=755 none "$work/suid" # /tmp may be mounted nosuid
	cp "$work/setuid" "$work/setgid" "$work/capable" "$work/suid/"
	chown 0:0 "$work"/suid/*
	chmod 4755 "$work/suid/setuid"
	chmod 2755 "$work/suid/setgid"
	setcap cap_net_bind_service+ep "$work/suid/capable" && privileged=1
fi
try "$command" run "$work/secure"
is 'an ordinary program is not' "$(out)" 'secure 0'
if [ -n "$privileged" ]; then
	for kind in setuid:set-user-ID setgid:set-group-ID capable:'file capabilities'; do
		file=$work/suid/${kind%%:*}
		try "$nobody" "$file"
		is "$file: the kernel says so" "$(out)" 'secure 1'
		refused "$file" 125 "*${kind#*:}*remedy: *" "$nobody" "$command" run "$file"
		refused "$file, --mode preload" 125 "*${kind#*:}*" "$nobody" "$command" run --mode preload "$file"
		try "$nobody" "$command" check "$file"
		is "$file: check: exit status 1" "$status" 1
		matches "$file: check says why" "$(out)" "*${kind#*:}*refuses it*Remedy*"
		try "$command" run "$file"
		is "$file: as root nothing is taken" "$(out)" 'secure 0'
		try setpriv --no-new-privs "$nobody" "$command" check --json "$file"
		try_secure=$(setpriv --no-new-privs "$nobody" "$file")
		is "$file: with no_new_privs the two agree" "$(member mechanism)" \
			"$([ "$try_secure" = 'secure 0' ] && echo '"preload"' || echo null)"
	done
	chmod 4711 "$work/suid/setuid"
	refused 'set-user-ID, and not readable' 125 '*set-user-ID*' "$nobody" "$command" run "$work/suid/setuid"
	printf '#!/bin/sh\n' >"$work/suid/script"
	chmod 4755 "$work/suid/script"
	try "$nobody" "$command" run "$work/suid/script"
	is 'a set-user-ID script is an ordinary one' "$status $(err)" '0 '
	printf '#!%s\n' "$work/suid/setuid" >"$work/suid/by-setuid"
	chmod 755 "$work/suid/by-setuid"
	refused 'a set-user-ID interpreter' 125 '*set-user-ID*' "$nobody" "$command" run "$work/suid/by-setuid"
	# Root may have rights that are not its own, too: a supervisor takes none away.
	cp "$work/secure" "$work/suid/theirs"
	chown 65534:65534 "$work/suid/theirs"
	chmod 4755 "$work/suid/theirs"
	try "$command" check --json "$work/suid/theirs"
	is 'as root, set-user-ID to another: supervised, for what it starts' "$(member mechanism) $(member own_listeners)" \
		'"both" "native"'
	is 'as root, set-user-ID to another: neither it nor what it starts is served' "$status" 1
	matches 'as root, set-user-ID to another: the remedy, in JSON' "$(member remedy)" \
		"\"*start dualbind behind it: $work/suid/theirs ... dualbind run PROGRAM\""
	risk=''
	if can_supervise; then
		risk='*all its clients, IPv4 ones too'
	else
		skip 'as root, set-user-ID to another: at which risk' 'no SECCOMP_IOCTL_NOTIF_ADDFD on this kernel'
	fi
	matches 'as root, set-user-ID to another: what it starts has no library' "$("$command" check "$work/suid/theirs")" \
		"*(set-user-ID).*LD_PRELOAD is lost there*behind it: */theirs ... dualbind run PROGRAM.$risk*"
	try "$command" run -a 8080 "$work/suid/theirs"
	is 'as root, set-user-ID to another: its rights stay' "$(out)" 'secure 1'
	refused 'as root, set-user-ID to another, --mode preload' 125 '*set-user-ID*remedy: *behind it: */theirs ... dualbind run PROGRAM; *--mode supervise*test it first' \
		"$command" run --mode preload "$work/suid/theirs"
	refused 'the same, --mode both' 125 '*set-user-ID*remedy: *behind it: */theirs ... dualbind run PROGRAM; *' \
		"$command" run --mode both "$work/suid/theirs"
	refused 'the same, without CAP_SYS_ADMIN: root is no remedy' 125 \
		'*remedy: *behind it: */theirs ... dualbind run PROGRAM; in front of it dualbind needs CAP_SYS_ADMIN*' \
		setpriv --bounding-set=-sys_admin "$command" run "$work/suid/theirs"
	# A launcher is named as it was called; nothing is advised that would change its file.
	for named in "ssh-agent:ssh-agent dualbind run PROGRAM" "sg:sg GROUP -c 'dualbind run PROGRAM'" \
		"su:su USER -c 'dualbind run PROGRAM'" "other:other ... dualbind run PROGRAM"; do
		cp -p "$work/suid/setuid" "$work/suid/${named%%:*}"
		refused "a launcher called ${named%%:*}" 125 "*remedy: *behind it: ${named#*:}; if it is the server, *" \
			"$nobody" env PATH="$work/suid:$PATH" "$command" run "${named%%:*}"
		is "a launcher called ${named%%:*}: its file stays as it is" "$(err | grep -c 'chmod\|setcap')" 0
	done
	mount -o remount,nosuid "$work/suid"
	for file in setuid setgid capable; do
		try "$nobody" "$command" run "$work/suid/$file"
		is "$file on a nosuid mount is an ordinary program" "$(out)" 'secure 0'
	done
	cp "$library" "$work/suid/"
	mount -o remount,noexec "$work/suid"
	refused 'a library on a noexec mount' 125 '*noexec*dualbind install*' \
		env DUALBIND_LIBRARY="$work/suid/libdualbind.so" "$command" run "$work/secure"
	LD_PRELOAD=$work/suid/libdualbind.so "$work/secure" >"$work/out" 2>&1
	matches 'a library on a noexec mount: the loader takes it not' "$(out)" '*cannot be preloaded*secure 0'
	cp "$library" "$work/unreadable.so"
	chmod 600 "$work/unreadable.so"
	refused 'a library that cannot be read' 125 '*unreadable.so cannot be read*remedy: *' \
		"$nobody" env DUALBIND_LIBRARY="$work/unreadable.so" "$command" run "$work/secure"
	chmod 711 "$work/secure"
	try "$nobody" "$command" run "$work/secure"
	is 'a program that may be executed but not read' "$(out)" 'secure 0'
	try "$nobody" "$command" check "$work/secure"
	matches 'a program that may be executed but not read: check' "$status $(out)" \
		'0 *may be executed, but not read*mechanism "preload"*'
	chmod 755 "$work/secure"
else
	skip 'programs with rights of their own, noexec mounts' 'only root can make them'
fi

mkdir "$work/with space"
cp "$library" "$work/with space/"
refused 'a path that LD_PRELOAD cannot name' 125 '*space or a colon*' \
	env DUALBIND_LIBRARY="$work/with space/libdualbind.so" "$command" run true
refused 'a library that is not there' 125 '*DUALBIND_LIBRARY*' \
	env DUALBIND_LIBRARY="$work/no.so" "$command" run true
refused 'a library that is none' 125 '*is not an ELF library*' \
	env DUALBIND_LIBRARY="$work/secure.c" "$command" run true

# The machine is two bytes at 18, the class one at 4. 183: aarch64, 3: i386.
patch() { # FILE NEW OFFSET OCTAL...
	cp "$1" "$2"
	patch_at=$3 patch_file=$2
	shift 3
	for byte in "$@"; do
		# shellcheck disable=SC2059 # an octal escape
		printf "\\$byte" | dd of="$patch_file" bs=1 seek="$patch_at" conv=notrunc status=none
		patch_at=$((patch_at + 1))
	done
}
foreign=267
[ "$(uname -m)" != aarch64 ] || foreign=076
patch "$library" "$work/foreign.so" 18 $foreign 000
refused 'a library for another machine' 125 '*the program is for*foreign.so for*' \
	env DUALBIND_LIBRARY="$work/foreign.so" "$command" run true
patch "$work/secure" "$work/foreign" 18 $foreign 000
refused 'a program for another machine' 125 '*the program is for*remedy: *' "$command" run "$work/foreign"

# An ELF file of 32 bits that is static, and names its machine by number.
narrow() { # NAME MACHINE
	/usr/bin/python3 -c '
import struct, sys
sys.stdout.buffer.write(b"\177ELF\1\1\1" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, int(sys.argv[1]), 1, 0x8048054,
    52, 0, 0, 52, 32, 1, 0, 0, 0) + struct.pack("<8I", 1, 0, 0x8048000, 0x8048000, 84, 84, 5, 4096))' "$2" >"$work/$1"
	chmod 755 "$work/$1"
}
narrow i386 3
refused 'a 32-bit program that is static' 125 '*32-bit*remedy: use a 64-bit build*' "$command" run "$work/i386"
narrow unknown 4660
try "$command" check "$work/unknown"
matches 'a machine without a name' "$status $(out)" '1 *for machine 4660, 32 bits*refuses it*'

cc -static -o "$work/static" "$work/secure.c"
refused 'a static program, --mode preload' 125 \
	'*static*remedy: --mode supervise would *all its clients, IPv4 ones too*with --mode left out they stay IPv4*' \
	"$command" run --mode preload "$work/static"
printf '#!/usr/bin/env -S -i sh\n' >"$work/clean"
chmod 755 "$work/clean"
refused 'a script that clears the environment, --mode preload' 125 '*clears the environment*remedy: leave -i out*' \
	"$command" run --mode preload "$work/clean"
finish
