#!/bin/sh
# SPDX-License-Identifier: MIT
# An include that goes against the order of the rooms is refused, with its line.
set -u
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 1..6
count=0

refuses() { # NAME FILE INCLUDE WANTED
	rm -rf "$work/shim"
	cp -r "$here/shim" "$work"
	line=$(($(wc -l <"$work/$2") + 1))
	printf '#include "%s"\n' "$3" >>"$work/$2"
	count=$((count + 1))
	said=$(cd "$work" && "$here/scripts/rooms" 2>&1)
	status=$?
	wanted="$2:$line: #include \"$3\": $4"
	case $status:$said in
	1:"$wanted"*) echo "ok $count - $1" ;;
	*) printf 'not ok %s - %s\n# wanted: %s\n# status %s, said: %s\n' "$count" "$1" "$wanted" "$status" "$said" ;;
	esac
}

order='a room includes itself'
refuses 'a room before another' shim/core/base/log.h config/settings.h "$order"
refuses 'the core, and a hook' shim/core/calls/send.c preload/next.h "$order"
refuses 'the command, and a hook' shim/cmd/run.c preload/next.h "$order"
refuses 'a hook, and the command' shim/preload/start.c cmd/say.h "$order"
refuses 'a file without its room' shim/core/socket/mark.c mark.h 'write ROOM/FILE'

count=$((count + 1))
said=$(cd "$here" && scripts/rooms 2>&1)
status=$?
if [ "$status:$said" = 0: ]; then
	echo "ok $count - this tree as it is"
else
	echo "not ok $count - this tree as it is"
	printf '%s\n' "$said" | sed 's/^/# /'
fi
