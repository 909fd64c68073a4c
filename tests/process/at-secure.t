#!/bin/sh
# SPDX-License-Identifier: MIT
# A set-user-ID program takes nothing from its caller's environment: neither does
# the loader load the library, nor, where it is made to, does the library obey.
# glibc loads into such a program what has no slash in its name, lies in a folder
# that it trusts, and is set-user-ID itself.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "$(id -u)" != 0 ]; then
	echo '1..0 # SKIP only root can make such programs'
	exit 0
fi
if [ -z "${SECURE_PRIVATE:-}" ]; then
	export SECURE_PRIVATE=1
	exec unshare --mount scripts/pod -- sh "$0"
fi
library=$PWD/build/libdualbind.so
work=$(mktemp -d)
trap 'umount "$trusted" "$work" 2>/dev/null; rmdir "$work"' EXIT
trusted=''
mount -t tmpfs -o mode=755 none "$work" || exit 1 # /tmp may be mounted nosuid
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

# Says whether it is privileged, whether the library is in it, and which family
# its 0.0.0.0 has.
cat >"$work/program.c" <<'C'
#include "base/sys.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(8080)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), domain = 0, loaded = 0;
	socklen_t length = sizeof domain;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof line, maps))
		loaded |= strstr(line, LIBRARY_NAME) != NULL;
	bind(fd, (struct sockaddr *)&any, sizeof any);
	sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	printf("secure %lu, loaded %d, %s\n", getauxval(AT_SECURE), loaded,
	       domain == AF_INET6 ? "AF_INET6" : "AF_INET");
	return 0;
}
C
# A file of the C library's own in a trusted folder, over which ours is put, in
# these mounts alone.
trusted=$(find /usr/lib/*-linux-gnu/libpcprofile.so /usr/lib/*-linux-gnu/libmemusage.so 2>/dev/null | head -n 1)
name=$(basename "${trusted:-none}")
cc -DLIBRARY_NAME="\"$name\"" -Ishim -Ishim/core -o "$work/plain" "$work/program.c" build/core/base/syscall_raw.o
cp "$work/plain" "$work/privileged"
chmod 4755 "$work/privileged"
cp "$library" "$work/$name"

run() { # LD_PRELOAD PROGRAM
	setpriv --reuid 65534 --regid 65534 --clear-groups env LD_PRELOAD="$1" DUALBIND_ALLOW='*' \
		DUALBIND_LOG="debug:$work/log" "$2" 2>/dev/null
}
touch "$work/log"
chmod 666 "$work/log"

is 'an ordinary program is served' "$(run "$work/$name" "$work/plain")" 'secure 0, loaded 1, AF_INET6'
is 'and writes the log' "$(grep -c converted "$work/log")" 1
: >"$work/log"
is 'set-user-ID: a path is not loaded' "$(run "$work/$name" "$work/privileged")" 'secure 1, loaded 0, AF_INET'
if [ -z "$trusted" ]; then
	echo '# no file of the C library to put it over'
else
	mount --bind "$work/$name" "$trusted" || exit 1
	is 'from a trusted folder, by its name, too' "$(run "$name" "$work/plain")" 'secure 0, loaded 1, AF_INET6'
	: >"$work/log"
	is 'set-user-ID: not even from there' "$(run "$name" "$work/privileged")" 'secure 1, loaded 0, AF_INET'
	chmod 4755 "$work/$name"
	is 'set-user-ID both: loaded, and obeys nobody' "$(run "$name" "$work/privileged")" 'secure 1, loaded 1, AF_INET'
fi
is 'and not a line in a log that the caller has named' "$(cat "$work/log")" ''
echo "1..$number"
