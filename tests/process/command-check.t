#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind check PROGRAM: what it takes a program for, against real ones of each
# kind, and which mechanism it chooses.
# needs: build/tests/go-static build/tests/go-cgo build/tests/go-pie build/tests/refuse
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"
PATH=$PATH:/usr/local/go/bin:/usr/sbin:/sbin

cat >"$work/main.c" <<'C'
int main(void)
{
	return 0;
}
C
printf 'package main\n\nfunc main() {}\n' >"$work/plain.go"
printf 'package main\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc main() { C.one() }\n' >"$work/cgo.go"

# Without a supervisor their own listeners stay native.
supervisor=supervisor
if ! can_supervise; then
	skip 'programs that are supervised' 'no SECCOMP_IOCTL_NOTIF_ADDFD on this kernel'
	supervisor=native
fi

# PROGRAM is of LIBC (or null), static or not, Go or not, and gets MECHANISM; its own
# listeners are converted by the library, by the supervisor, or not at all (native).
kind() { # PROGRAM LIBC STATIC GO MECHANISM OWN [STATUS]
	try "$command" check --json "$1"
	is "${1##*/}: what it is" "$(member libc) $(member static) $(member go)" "$2 $3 $4"
	is "${1##*/}: the mechanism" "$status $(member mechanism) $(member own_listeners)" "${7:-0} \"$5\" \"$6\""
}

# The rest of the line builds it; where its compiler is missing, it is skipped.
built() { # NAME COMPILER ARGUMENT...
	built_name=$1
	shift
	if ! command -v "$1" >/dev/null; then
		skip "$built_name" "$1 is not installed"
		return 1
	fi
	"$@" >"$work/log" 2>&1 && return
	is "$built_name is built" "$(cat "$work/log")" ''
	return 1
}

kind /bin/true '"glibc"' false false preload library
kind "$command" null true false both native
kind "$(ldd /bin/true | grep -o '/[^ ]*/ld-linux[^ ]*')" '"glibc"' false false preload library # the loader itself
built static cc -static -o "$work/static" "$work/main.c" && kind "$work/static" null true false both native
built static-pie cc -static-pie -o "$work/static-pie" "$work/main.c" &&
	kind "$work/static-pie" null true false both native
built no-pie cc -no-pie -o "$work/no-pie" "$work/main.c" && kind "$work/no-pie" '"glibc"' false false preload library
built stripped cc -s -o "$work/stripped" "$work/main.c" && kind "$work/stripped" '"glibc"' false false preload library
built other-loader cc -Wl,--dynamic-linker=/system/bin/linker64 -o "$work/other-loader" "$work/main.c" &&
	kind "$work/other-loader" '"other"' false false both native
built musl musl-gcc -o "$work/musl" "$work/main.c" && kind "$work/musl" '"musl"' false false preload library
built musl-static musl-gcc -static -o "$work/musl-static" "$work/main.c" &&
	kind "$work/musl-static" null true false both native
if built busybox busybox true; then kind busybox null true false both native; fi

# Rust, by what its standard library leaves in a stripped program, too.
printf 'fn main() {}\n' >"$work/plain.rs"
if built rust rustc -C strip=symbols -o "$work/rust" "$work/plain.rs"; then
	kind "$work/rust" '"glibc"' false false preload library
	built rust-static rustc -O -C target-feature=+crt-static -C panic=abort -C strip=symbols \
		-o "$work/rust-static" "$work/plain.rs" && kind "$work/rust-static" null true false both "$supervisor"
	is 'rust-static: its language' "$(member language)" '"Rust"'
	[ $supervisor = native ] ||
		matches 'rust-static: in words' "$("$command" check "$work/rust-static")" '* is a Rust program, static*converts its own listeners.'
fi

# In an emulated machine Go takes minutes without what was compiled before.
cp -r build/go-cache "$work/cache" 2>/dev/null
export GOCACHE="$work/cache" GOFLAGS=-mod=mod GO111MODULE=off HOME="$work"
if built go go version; then
	built go-static env CGO_ENABLED=0 go build -o "$work/go-static" "$work/plain.go" &&
		kind "$work/go-static" null true true both "$supervisor"
	built go-stripped env CGO_ENABLED=0 go build -ldflags '-s -w -buildid=' -o "$work/go-stripped" "$work/plain.go" &&
		kind "$work/go-stripped" null true true both "$supervisor"
	built go-cgo env CGO_ENABLED=1 go build -o "$work/go-cgo" "$work/cgo.go" &&
		kind "$work/go-cgo" '"glibc"' false true both "$supervisor"
	built go-pie env CGO_ENABLED=1 go build -buildmode=pie -ldflags '-s -w -buildid=' -o "$work/go-pie" "$work/cgo.go" &&
		kind "$work/go-pie" '"glibc"' false true both "$supervisor"
fi

is 'of this command it is not known' "$("$command" check --json "$command" >"$work/out"; member language)" null

# #! lines: the interpreter decides, through whatever leads to it.
script() { # NAME LINE
	printf '%s\n' "$2" >"$work/$1"
	chmod 755 "$work/$1"
}
script shell '#!/bin/sh -e'
kind "$work/shell" '"glibc"' false false preload library
is 'a script: its interpreter' "$(member scripts) $(member file)" '1 "/bin/sh"'
matches 'a shell may start others' "$("$command" check "$work/shell")" '*--mode both*'
script spaced '#!   /bin/sh   -e  -u'
kind "$work/spaced" '"glibc"' false false preload library
script by-static "#! $work/static one"
kind "$work/by-static" null true false both native
script by-env "#!/usr/bin/env static"
PATH=$work:$PATH kind "$work/by-env" null true false both native
script by-env-s "#!/usr/bin/env -S NAME=value static -u"
PATH=$work:$PATH kind "$work/by-env-s" null true false both native
script clean '#!/usr/bin/env -S -i sh'
kind "$work/clean" '"glibc"' false false both native 1
matches 'a script that clears the environment: the remedy' "$(member remedy)" '"leave -i out of its #! line*'
matches 'a script that clears the environment: in words' "$("$command" check "$work/clean")" '*Remedy: leave -i out*'
previous=static
for name in first second third fourth fifth sixth; do
	script "$name" "#!$work/$previous"
	previous=$name
done
kind "$work/fifth" null true false both native
is 'five scripts, as many as the kernel follows' "$(member scripts) $("$work/fifth"; echo $?)" '5 0'
refused 'six scripts' 126 '*more than 5*' "$command" check "$work/sixth"
is 'six scripts: the kernel says so' "$(sh -c "exec '$work/sixth'" 2>/dev/null && echo runs)" ''
script itself "#!$work/itself"
refused 'a script that names itself' 126 '*more than 5*' "$command" check "$work/itself"
script nameless '#!'
try "$command" check "$work/nameless"
matches 'a #! line without a name: /bin/sh reads it, as execvp(3) has it' "$status $(out)" "0 $work/nameless is a text without a #! line, which /bin/sh reads.*"
try "$command" run "$work/nameless"
is '... and runs it' "$status $(err)" '0 '
refused 'an empty name' 2 '*the name of the program is empty*' "$command" check ''
refused 'a number with zeros before it is a name' 127 '*00001: not found in PATH*' "$command" check 00001
refused 'no such program' 127 '*not found in PATH*' "$command" check no-such-program

script text 'echo text'
kind "$work/text" '"glibc"' false false preload library
matches 'a text without a #! line' "$("$command" check "$work/text")" "$work/text is a text without a #! line, which /bin/sh reads.*"

# A kernel before 5.9, or one whose listeners a runtime refuses.
for lack in addfd notify; do
	try "build/tests/refuse" $lack "$command" check --json "build/tests/go-static"
	is "$lack: no supervisor: its own listeners" "$status $(member unsupervised) $(member own_listeners)" '0 true "native"'
	matches "$lack: no supervisor: in words" "$("build/tests/refuse" $lack "$command" check "build/tests/go-static")" \
		'*"both": it is a Go program*Nothing is supervised: the kernel lacks SECCOMP_IOCTL_NOTIF_ADDFD *own listeners stay IPv4.'
	try "build/tests/refuse" $lack "$command" check --json /bin/true
	is "$lack: what needs none" "$status $(member unsupervised) $(member own_listeners)" '0 false "library"'
done
try env DUALBIND_LIBRARY=/no/such.so "build/tests/refuse" addfd "$command" check "build/tests/go-static"
is 'neither a supervisor nor a library: nothing is served' "$status" 1

# The words for people.
try "$command" check /bin/true
matches 'check: in words' "$(out)" '/bin/true is dynamically linked to glibc (*), for *.
dualbind run takes the mechanism "preload": *.
The library * can be loaded into it.'
try "$command" check "$command"
remedy=''
[ $supervisor = native ] || remedy='--mode supervise'
matches 'check: a static program, in words' "$(out)" "* is static*, for *\"both\"*serves those programs that it starts*stay IPv4*$remedy*"
try env DUALBIND_LIBRARY=/no/such.so "$command" check "$command"
matches 'check: a static program, and a library that is missing' "$status $(out)" \
	'1 *"supervise"*go without the library: *DUALBIND_LIBRARY*'
try env DUALBIND_LIBRARY=/no/such.so "$command" check /bin/true
is 'check: a library that is missing' "$status" 1
matches 'check: says what helps' "$(out)" '*refuses it: *Remedy: *DUALBIND_LIBRARY*'
finish
