#!/bin/sh
# SPDX-License-Identifier: MIT
# Modules that are loaded with RTLD_DEEPBIND, and so find the C library's functions
# before the library's: what they open is served, and they are shown AF_INET.
# needs: build/tests/process/snippets/deep build/tests/process/snippets/deep_module.so build/tests/process/snippets/later.so build/tests/process/snippets/later_accept.so
set -u
# shellcheck source-path=SCRIPTDIR source=private.sh
. "$(dirname "$0")/private.sh"
snippets=$PWD/${TEST_BUILD:-build}/tests/process/snippets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

deep() { # ALLOW HOW WHO PROTOCOL
	LD_PRELOAD=$library${LATER:+:$LATER} DUALBIND_ALLOW=$1 timeout 20 "$snippets/deep" "$2" "$3" "$4" 2>"$work/err"
}

for protocol in tcp udp; do
	is "$protocol: natively no client comes over IPv6" "$(deep '' deep module $protocol)" 'calls its own, no client'
	for who in module program; do
		is "$protocol, the $who's socket: a plain module" "$(deep '*/any' plain $who $protocol)" \
			'calls not its own, AF_INET'
		is "$protocol, the $who's socket: a deep one" "$(deep '*/any' deep $who $protocol)" 'calls its own, AF_INET'
		is "silently" "$(cat "$work/err")" ''
		is "$protocol, the $who's socket: loaded by many threads" "$(deep '*/any' threads $who $protocol)" \
			'calls its own, AF_INET'
	done
done

# What another preload that comes later has would find the hook before the C library's
# function: a module's calls go past both. Of bind and listen that is no harm.
LATER=$snippets/later.so
is "beside another bind: the module's own socket is IPv4's" "$(deep '*' deep module tcp)" \
	'calls its own, no client'
is "beside another bind: the program's is served" "$(deep '*' deep program tcp)" 'calls its own, AF_INET'
LATER=$snippets/later_accept.so
is "beside another accept: the program's socket stays IPv4's" "$(deep '*' deep program tcp)" \
	'calls its own, no client'
matches 'and a line says so' "$(cat "$work/err")" '*RTLD_DEEPBIND*another preloaded*'
is 'unless nothing is to be logged' "$(DUALBIND_LOG=off deep '*' deep program tcp; cat "$work/err")" \
	'calls its own, no client'
is "with a plain module it is served" "$(deep '*' plain program tcp)" 'calls not its own, AF_INET'
LATER=

cp "$library" "$work/copy.so"
LATER=$work/copy.so
is "beside a copy of the library: the module's own socket" "$(deep '*' deep module tcp)" 'calls its own, AF_INET'
is "beside a copy of the library: the program's" "$(deep '*/any' deep program udp)" 'calls its own, AF_INET'
is 'silently' "$(cat "$work/err")" ''
LATER=

# Where the kernel refuses, both are as natively. It is asked by calls that dlopen makes
# itself: a sandbox lets them pass.
traced() { # OPTION...
	timeout 20 strace -f -qq -o "$work/calls" -e trace=mmap,mprotect,mremap,munmap "$@" \
		-E LD_PRELOAD="$library" -E DUALBIND_ALLOW='*' "$snippets/deep" deep program tcp >"$work/out" 2>"$work/err"
}
traced
is 'no mremap' "$(grep -c mremap "$work/calls")" 0
refused=$(grep -o 'mprotect(.*' "$work/calls" | grep -n 'PROT_READ|PROT_WRITE) = 0' | sed -n '1s/:.*//p')
traced -e inject=mprotect:error=EPERM:when="${refused:-none}"
is 'the pages cannot be written: as natively' "$(cat "$work/out")" 'calls its own, no client'
matches 'and a line says so' "$(cat "$work/err")" '*RTLD_DEEPBIND*EPERM*'

# What is hooked is found by such modules, but for what is looked up when it is called.
hooks=$(cat shim/preload/*.c | sed -n 's/^HOOK [a-z_]* \*\{0,1\}\([a-z0-9_]*\)(.*/\1/p' |
	grep -v -x -e bindresvport -e dlopen -e prctl -e 'io_uring_.*' | sort | tr '\n' ' ')
listed=$(sed -n '/^static const char names/,/;$/p' shim/preload/hook_dlopen.c | grep -o '"[^"]*"' |
	sed 's/"//g' | sed 's/\\0/\n/g' | grep . | sort | tr '\n' ' ')
is 'every hook is among those names' "$listed" "$hooks"
echo "1..$number"
