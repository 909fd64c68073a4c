#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind run: which mechanism it takes for a shell or another launcher, by the words of
# the command line and the script's text; and that it says why.
# needs: build/tests/go-static
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
PATH=$work:$PATH:/usr/local/go/bin

printf 'package main\n\nfunc main() {}\n' >"$work/main.go"
printf 'int main(void)\n{\n\treturn 0;\n}\n' >"$work/main.c"
server=$work/a-server
cp -r build/go-cache "$work/cache" 2>/dev/null # what was compiled before
HOME=$work GO111MODULE=off CGO_ENABLED=0 GOCACHE=$work/cache go build -o "$server" "$work/main.go" >"$work/log" 2>&1 || {
	echo "1..0 # SKIP no program in Go can be built (Debian: golang-go): $(tail -n 1 "$work/log")"
	exit 0
}
cc -static -o "$work/static" "$work/main.c" || exit 1

# COMMAND is started with MECHANISM, since WHY.
started() { # MECHANISM WHY COMMAND...
	started_how=$1 started_why=$2
	shift 2
	try "$command" run --log debug "$@"
	matches "$*" "$(err | sed -n 's/.* is started with //p')" "\"$started_how\": $started_why"
}

script() { # NAME LINE...
	script_name=$1
	shift
	printf '%s\n' '#!/bin/sh' "$@" >"$work/$script_name"
	chmod 755 "$work/$script_name"
}

usual='it calls the C library, so the library is preloaded'
seems="it seems to start * in Go, which calls the kernel itself"
started preload "$usual" true
started preload "$usual" sh -c 'true; exit 0'
started preload "$usual" env true
started both "it seems to start $server, a program in Go, which calls the kernel itself" sh -c "exec $server"
started both "it seems to start a-server, a program in Go, which calls the kernel itself" sh -c 'exec a-server'
started both "$seems" sh -c "X=1 '$server' --option; true"
started both "$seems" sh -c "BINARY=$server; \$BINARY"
started both "$seems" timeout --foreground 9 "$server"
started both "$seems" env NAME=value "$server"
started both "$seems" bash -c "if true; then (\"$server\"&)fi; wait"
started preload "$usual" sh -c "$work/static"
started both 'it is static, so nothing can be preloaded' "$work/static" "$server"

# A script: paths, and what follows exec; not what a comment says.
script by-path "set -e" "$server -x"
script by-name 'exec a-server'
script in-comment "# $server is the server" '  # exec a-server' 'true a-server'
script arguments 'exec "$@"'
script calls "$work/by-name"
script calls-again "$work/calls"
script itself "[ \$# -gt 0 ] || $work/itself once"
started both "$seems" by-path
started both "$seems" by-name
started preload "$usual" in-comment
started both "$seems" arguments a-server
started preload "$usual" arguments true
started both "$seems" calls-again
started both "$seems" sh "$work/calls"
started preload "$usual" itself
printf 'exec a-server\n' >"$work/text"
chmod 755 "$work/text"
started both "$seems" text
matches 'check says so' "$("$command" check by-name)" '*"both": it seems to start a-server*'

# What is no program, or none that serves: a value, what another interpreter reads.
started preload "$usual" env BACKEND=a-server true
started preload "$usual" sh -c 'exit; serve --backend=a-server'
ln -s /bin/sh "$work/python9"
printf '#!%s\nexit\nexec %s\n' "$work/python9" "$server" >"$work/in-python"
chmod 755 "$work/in-python"
started preload "$usual" in-python
started preload "$usual" sh -c "exit; $work/in-python"
started preload "$usual" python9 -c "exit; $server"
cp "$server" "$work/gosu"
script by-gosu 'exit' 'exec gosu nobody true'
script go-by-gosu 'exit' "exec gosu nobody $server"
started preload "$usual" by-gosu
started both "$seems" go-by-gosu

# LD_PRELOAD is cleared on the way.
started both 'env -i clears the environment, and LD_PRELOAD with it' env -i true
started both 'env - clears *' env - true
started both 'env -i clears *' sh -c 'exec env -i true'
started both 'setpriv --reset-env clears *' setpriv --reset-env true
command -v doas >/dev/null && started both 'doas clears *' doas -n true
started preload "$usual" env true -i
started preload "$usual" env NAME=value true -
started both 'su -l clears *' sh -c 'exit; su -l nobody'
started preload "$usual" sh -c 'exit; su nobody -c "memcached -l 0.0.0.0"'
started preload "$usual" sh -c 'exit; runuser -u nobody memcached -l 0.0.0.0'
started preload "$usual" sh -c 'exit; su nobody; ls -l'
script says-su 'echo "become another user by: su - root"' 'true # or by su - root'
script does-su 'exit' 'if su - nobody -c true; then exit; fi'
started preload "$usual" says-su
started both 'su - clears *' does-su

# Of a long script not each file is looked for; and nothing is as long as that.
script long exit $(seq -f "$work/none-%g" 260) "$server"
started preload "$usual" long
script long-name exit "$work/$(printf '%0250d' 0)" "$server"
started both "$seems" long-name

# Set-user-ID programs keep their rights: an ordinary user's script with one is not
# supervised, unless it is under no_new_privs already.
if [ "$(id -u)" = 0 ]; then
	cp /bin/true "$work/sudo"
	chmod 4755 "$work/sudo"
	chmod 755 "$server" "$work"
	script with-sudo 'sudo' "$server"
	cp "$work/sudo" "$work/as-owner"
	chmod 4755 "$work/as-owner"
	script with-prefix 'X=1 sudo -n true' "$server"
	script with-rights 'as-owner -c 1 ::1' "$server"
	as_user() { # PREFIX...: command, as an ordinary user
		printf '#!/bin/sh\nexec %s %s "$@"\n' "setpriv --reuid=65534 --regid=65534 --clear-groups $*" "$command" >"$work/by-user"
		chmod 755 "$work/by-user"
	}
	root_command=$command
	as_user
	command=$work/by-user
	started preload "$usual" sh -c "sudo; $server"
	started preload "$usual" with-sudo
	started preload "$usual" with-rights
	started preload "$usual" with-prefix
	started both "$seems" sh -c "$server"
	command=$root_command
	as_user --no-new-privs
	command=$work/by-user
	started both "$seems" with-sudo
	command=$root_command
	started both "$seems" with-sudo
else
	skip 'set-user-ID programs' 'this is not root'
fi

# What --mode says is not asked again.
started both 'as --mode says' --mode both true
started preload 'as --mode says' --mode preload sh -c "exec $server"

# A program that makes its own system calls: for bind, or only others.
cat >"$work/raw.c" <<'C'
#include <sys/syscall.h>

static long call(long number, long one, long two)
{
	long result = number;
#ifdef __x86_64__
	__asm__ volatile("syscall" : "+a"(result) : "D"(one), "S"(two) : "rcx", "r11", "memory");
#else
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = one, x1 __asm__("x1") = two;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
	result = x0;
#endif
	return result;
}

int main(void)
{
	return call(NUMBER, -1, 0) == 0;
}
C
cc -O2 -DNUMBER=SYS_listen -o "$work/raw-listen" "$work/raw.c" || exit 1
cc -O2 -DNUMBER=SYS_fsync -o "$work/raw-fsync" "$work/raw.c" || exit 1
started both 'it makes system calls of its own, past the C library' raw-listen
started preload "$usual" raw-fsync
started preload "$usual" sh -c raw-listen
ln -s /bin/true "$work/clickhouse-server"
started both 'it is known to clear LD_PRELOAD and to execute itself again' clickhouse-server
for name in python3 perl node java ruby bash; do
	command -v "$name" >/dev/null && started preload "$usual" "$name" --version
done
finish
