#!/bin/sh
# SPDX-License-Identifier: MIT
# How the library starts: which settings make it act, which leave it inert,
# what it says, and that nothing else about the program changes.
# needs: build/tests/process/snippets/listen build/tests/process/snippets/linked build/tests/process/snippets/early.so build/tests/process/snippets/later.so
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
snippets=$PWD/${TEST_BUILD:-build}/tests/process/snippets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

# Run a command with the shim and the given variables (NAME=VALUE...) before
# "--"; standard output goes to $work/out, standard error to $work/err.
shim() {
	set -- LD_PRELOAD="$library" "$@"
	(
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		exec "$@"
	) >"$work/out" 2>"$work/err"
}

out() { cat "$work/out"; }
err() { sed 's/pid=[0-9]*/pid=N/' "$work/err"; }
native='AF_INET
next descriptor 1'
dual='AF_INET6
next descriptor 1'

"$snippets/listen" >"$work/out" 2>"$work/err"
is 'without the library' "$(out)" "$native"
shim -- "$snippets/listen"
is 'DUALBIND_ALLOW unset: inert' "$(out)" "$native"
is 'DUALBIND_ALLOW unset: silent' "$(err)" ''
shim -- python3 -c 'import socket
one = socket.socket()
one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
print(one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))'
is 'DUALBIND_ALLOW unset: an option is set' "$(out)" 1
shim DUALBIND_ALLOW= DUALBIND_LOG=nonsense -- "$snippets/listen"
is 'DUALBIND_ALLOW empty: inert' "$(out)" "$native"
is 'DUALBIND_ALLOW empty: silent, whatever the rest' "$(err)" ''
shim DUALBIND_ALLOW=8080 -- "$snippets/listen"
is 'DUALBIND_ALLOW=8080: converted, no descriptor lost, errno kept' "$(out)" "$dual"
is 'quiet by default' "$(err)" ''
shim DUALBIND_ALLOW=8080 DUALBIND_LOG=info -- "$snippets/listen"
is 'DUALBIND_LOG=info: one line' "$(err)" 'dualbind pid=N port=8080/tcp converted 0.0.0.0 -> [::]'
shim DUALBIND_ALLOW=8080 DUALBIND_LOG=info:"$work/log" -- "$snippets/listen"
is 'DUALBIND_LOG=info:/path: the same line' "$(sed 's/pid=[0-9]*/pid=N/' "$work/log")" \
	'dualbind pid=N port=8080/tcp converted 0.0.0.0 -> [::]'
is 'DUALBIND_LOG=info:/path: stderr is empty' "$(err)" ''
shim DUALBIND_ALLOW=8080 DUALBIND_LOG=info DUALBIND_DRY_RUN=1 -- "$snippets/listen"
is 'DUALBIND_DRY_RUN=1: nothing is converted' "$(out)" "$native"
is 'DUALBIND_DRY_RUN=1: what would be is told, once' "$(err)" \
	'dualbind pid=N port=8080/tcp would convert 0.0.0.0 -> [::]'
shim DUALBIND_ALLOW=8080 DUALBIND_DRY_RUN=1 -- "$snippets/listen"
is 'DUALBIND_DRY_RUN=1 alone tells it too' "$(err)" 'dualbind pid=N port=8080/tcp would convert 0.0.0.0 -> [::]'
shim DUALBIND_ALLOW=8080 DUALBIND_DRY_RUN=1 DUALBIND_LOG=error -- "$snippets/listen"
is '... unless the level is given' "$(err)" ''
shim DUALBIND_LOG=info -- "$snippets/listen"
is 'a log without rules' "$(err)" 'dualbind pid=N inert: DUALBIND_ALLOW is not set, or empty'
shim DUALBIND_LOG=info DUALBIND_ALOW=8080 -- "$snippets/listen"
is 'a mistyped variable' "$(err)" 'dualbind pid=N inert: DUALBIND_ALLOW is not set, or empty
dualbind pid=N unknown setting "DUALBIND_ALOW": it has no effect'
shim DUALBIND_LOG=info DUALBIND_ALLOW=8080 DUALBIND_PEER=native -- "$snippets/listen"
is 'another one, beside rules' "$(err)" 'dualbind pid=N unknown setting "DUALBIND_PEER": it has no effect
dualbind pid=N port=8080/tcp converted 0.0.0.0 -> [::]'
shim DUALBIND_ALLOW=8080 DUALBIND_PEER=native -- "$snippets/listen"
is '... is told at info alone' "$(err)" ''
shim DUALBIND_ALLOW=8080 DUALBIND_LOG=debug:"$work/none/log" -- "$snippets/listen" forked
is 'a log that cannot be written: one line for each process, on stderr' "$(sort -u "$work/err" | sed 's/pid=[0-9]*/pid=N/; s|".*/none|"/none|' | sort -u)" \
	'dualbind pid=N the log is lost: "/none/log" cannot be written: ENOENT'
is '... not more than one' "$(sort "$work/err" | uniq -d)" ''
shim DUALBIND_ALLOW=9090 DUALBIND_LOG=debug -- "$snippets/listen"
is 'another port: not converted' "$(out)" "$native"
matches 'DUALBIND_LOG=debug: why not' "$(err)" 'dualbind pid=N port=8080/tcp not converted: no rule*'
shim DUALBIND_ALLOW='* !8080' -- "$snippets/listen"
is 'a ! entry wins' "$(out)" "$native"
shim DUALBIND_ALLOW='lis*@8080' -- "$snippets/listen"
is 'a rule for this program' "$(out)" "$dual"
shim DUALBIND_ALLOW='nginx@8080' -- "$snippets/listen"
is 'a rule for another program' "$(out)" "$native"
shim DUALBIND_ALLOW='8080/udp' -- "$snippets/listen"
is 'a rule for another protocol' "$(out)" "$native"

# One line that quotes what is wrong; the program runs as without the shim.
malformed() { # VARIABLE=VALUE PATTERN
	shim DUALBIND_ALLOW=8080 "$1" -- "$snippets/listen"
	is "$1: inert" "$(out)" "$native"
	is "$1: one line" "$(wc -l <"$work/err")" 1
	matches "$1: says what and where" "$(err)" "$2"
}
malformed 'DUALBIND_ALLOW=443, 80x' \
	'dualbind pid=N inert: DUALBIND_ALLOW: entry 2 "80x", character 3 (8 of the list): *; write a port*'
malformed 'DUALBIND_ALLOW=10.0.0.1:80' '*entry 1 "10.0.0.1:80", character 1 *0.0.0.0*127.0.0.1*\[::\]*'
malformed 'DUALBIND_LOG=loud' '*DUALBIND_LOG="loud": *off, error, info or debug*'
malformed 'DUALBIND_LOG=info:relative' '*DUALBIND_LOG="info:relative": *absolute*'
malformed 'DUALBIND_POOL=10.0.0.0/8' '*DUALBIND_POOL="10.0.0.0/8": *private*240.0.0.0/4*'
malformed 'DUALBIND_PEERS=ipv6' '*DUALBIND_PEERS="ipv6": *ipv4 or native*'
malformed 'DUALBIND_DRY_RUN=yes' '*DUALBIND_DRY_RUN="yes": *0 or 1*'
shim DUALBIND_ALLOW=oops DUALBIND_LOG=off -- "$snippets/listen"
is 'DUALBIND_LOG=off: not even that' "$(err)" ''

shim DUALBIND_ALLOW=8080 DUALBIND_LOG=info -- "$snippets/listen" closed
is 'stderr closed by the program' "$(out)" "$dual"
shim DUALBIND_ALLOW=8080 DUALBIND_LOG=info -- "$snippets/listen" reused
is 'a socket where stderr was gets nothing' "$(out)" "$dual
socket at 2 got 0 bytes"
shim DUALBIND_ALLOW=8080 -- sh -c "exec '$snippets/listen' 2>&-"
is 'stderr closed from the start' "$(out)" 'AF_INET6
next descriptor 1'
shim DUALBIND_ALLOW=8080 -- "$snippets/listen" forked
is 'in a forked child' "$(out)" "$dual"
shim DUALBIND_ALLOW=8080 -- "$snippets/listen" starved
is 'no descriptor to spare: native' "$(sed -n 1p "$work/out")" AF_INET

shim DUALBIND_ALLOW=8080 LD_PRELOAD="$library:$snippets/early.so" -- true
is 'called before the constructor has run' "$(out)" "$dual"
shim DUALBIND_ALLOW=8080 LD_PRELOAD="$library" -- "$snippets/linked" linked
is 'called from a linked library' "$(out)" "$dual"

# Other preloads' functions, of each kind that a loader takes.
later='later bind
later listen'
shim LD_PRELOAD="$library:$snippets/later.so" -- "$snippets/listen"
is 'the next functions: an STT_GNU_IFUNC, and one without a type' "$(err)" "$later"
shim LD_PRELOAD="$library:$snippets/early.so:$snippets/later.so" -- true
is 'the same before the constructor has run' "$(err)" "$later"
echo "1..$number"
