#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind run: its options, the environment that it gives, its exit status.
# shellcheck disable=SC2016 # what is in single quotes is for an inner shell
# shellcheck source-path=SCRIPTDIR source=command.sh
. "$(dirname "$0")/command.sh"

variables() {
	sed -n -e '/^LD_PRELOAD=/p' -e '/^DUALBIND_/p' "$work/out" | sort | tr '\n' ' '
}

try "$command" run env
is 'defaults: the library, and every TCP listener' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$library "
is 'quiet' "$(err)" ''
try "$command" run -a 80 --peers native --pool 198.18.0.0/15 --log info:/dev/null --dry-run -- env
is 'each option is a variable' "$(variables)" "DUALBIND_ALLOW=80 DUALBIND_DRY_RUN=1 \
DUALBIND_LOG=info:/dev/null DUALBIND_PEERS=native DUALBIND_POOL=198.18.0.0/15 LD_PRELOAD=$library "
try "$command" run --dry-run env
is 'a dry run speaks' "$(variables)" "DUALBIND_ALLOW=* DUALBIND_DRY_RUN=1 DUALBIND_LOG=info LD_PRELOAD=$library "
try env DUALBIND_LOG=error "$command" run --dry-run env
matches 'a dry run speaks, unless the log is set' "$(variables)" '*DUALBIND_LOG=error*'
try env DUALBIND_ALLOW=90 DUALBIND_PEERS=native "$command" run env
is 'inherited variables stay' "$(variables)" "DUALBIND_ALLOW=90 DUALBIND_PEERS=native LD_PRELOAD=$library "
try env DUALBIND_ALLOW=90 DUALBIND_PEERS=native "$command" run --allow=91 --peers ipv4 env
is 'options win' "$(variables)" "DUALBIND_ALLOW=91 DUALBIND_PEERS=ipv4 LD_PRELOAD=$library "
try env DUALBIND_ALLOW= "$command" run env
is 'an empty DUALBIND_ALLOW is not unset' "$(variables)" "DUALBIND_ALLOW= LD_PRELOAD=$library "
try "$command" run -a 80 env -a 81
is 'options end at the program' "$status" 125
matches 'which reads its own' "$(err)" '*env: *'

other=$work/other.so
cc -shared -fPIC -o "$other" -x c - <<'C'
int the_other;
C
try env LD_PRELOAD="$other" "$command" run env
is 'another preload keeps its place' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$other:$library "
try env LD_PRELOAD="$library $other" "$command" run env
is 'ours is not added twice' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$library:$other "
try "$command" run sh -c 'exec "$0" run env' "$command"
is 'nor by a run inside' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$library "

try "$command" run sh -c 'exit 7'
is 'the exit status is the program'\''s' "$status" 7
try "$command" run sh -c 'kill -KILL $$'
is 'so is a signal' "$status" 137
try sh -c 'echo "$$"; exec "$0" run sh -c "echo \$\$"' "$command"
is 'the program is the same process' "$(sort -u "$work/out" | wc -l)" 1

refused 'no such program' 127 '*no-such-program*not found in PATH*' "$command" run no-such-program
if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 "$work/closed"
	refused 'nor in a folder that may not be searched' 127 '*no-such-program*not found in PATH*' \
		setpriv --reuid 65534 --regid 65534 --clear-groups env PATH="$work/closed:/bin" "$command" run no-such-program
else
	mkdir -m 0 "$work/closed"
	refused 'nor in a folder that may not be searched' 127 '*no-such-program*not found in PATH*' \
		env PATH="$work/closed:/bin" "$command" run no-such-program
fi
refused 'no such file' 127 '*/no/such/program*no such file*' "$command" run /no/such/program
refused 'a path that is too long' 127 '*the path is too long*' "$command" run "/$(seq 2000 | tr -d '\n')"
ln -s loop "$work/loop"
refused 'a link to itself' 126 '*loop*Too many levels*' "$command" run "$work/loop"
refused 'a folder' 126 '*/etc*folder*' "$command" run /etc
: >"$work/plain"
refused 'not executable' 126 '*plain*may not be executed*' "$command" run "$work/plain"
refused 'not executable, in PATH' 126 '*plain*may not be executed*' env PATH="$work" "$command" run plain
printf '#!/no/such/interpreter\n' >"$work/broken"
chmod 755 "$work/broken"
refused 'an interpreter that is not there' 127 '*broken*interpreter /no/such/interpreter*' "$command" run "$work/broken"
printf '\177ELF\002\001\001' >"$work/damaged"
chmod 755 "$work/damaged"
refused 'a damaged program' 126 '*damaged ELF*' "$command" run "$work/damaged"
echo 'int main(void) { return 0; }' | cc -Wl,--dynamic-linker=/no/such/ld-linux-x86-64.so.2 -o "$work/stranger" -xc -
refused 'a loader that is not there' 127 '*stranger cannot be executed: No such file*' "$command" run "$work/stranger"
printf 'a\0b\n' >"$work/binary"
chmod 755 "$work/binary"
refused 'neither program nor script' 126 '*neither*' "$command" run "$work/binary"
printf 'echo "text $1"\n' >"$work/text"
chmod 755 "$work/text"
try "$command" run "$work/text" read
is 'a text without #! is read by the shell' "$(out)" 'text read'

caret() {
	sed -n '2,3p' "$work/err" | sed 's/^    //'
}
refused 'a malformed rule' 2 '*--allow: entry 2: *write a port*' "$command" run -a '443, 80x' true
is 'a malformed rule: a caret under the place' "$(caret)" '443, 80x
       ^'
refused 'a malformed rule that is inherited' 2 '*DUALBIND_ALLOW: entry 2: *' \
	env DUALBIND_ALLOW="nginx@80
é:81" "$command" run true
is 'a malformed rule that is inherited: one line, and characters are counted' "$(caret)" 'nginx@80 é:81
         ^'
long=$(seq 1 80 | tr '\n' ',')
refused 'a mistake in a long list' 2 '*entry 81: *' "$command" run -a "${long}8O,$long" true
is 'a mistake in a long list: the part around it' "$(caret | wc -L)" 107
matches 'a mistake in a long list: the caret' "$(caret | awk 'NR == 1 { l = $0 } NR == 2 { print substr(l, length($0) - 1, 2) }')" 8O
wide=$(seq 40 | sed 's/.*/é/' | tr -d '\n')
refused 'a mistake after wide characters' 2 '*entry 1: *' "$command" run -a "$wide@8O" true
wide_part=$(caret)
matches 'a mistake after wide characters: the part before it' "$wide_part" '...é*é@8O*^'
refused 'a mistake one byte later' 2 '*entry 1: *' "$command" run -a "$wide@80O" true
is 'a mistake one byte later: no character is cut' "$(caret | sed '1s/80O/8O/; 2s/ //')" "$wide_part"
refused 'an empty list' 2 '*the list is empty*' "$command" run -a '' true
refused 'a list of what is forbidden' 2 '*--allow "!9090 !80/udp"*only forbids*' "$command" run -a '!9090 !80/udp' true
refused 'a malformed pool' 2 '*--pool "10.0.0.0/8"*' "$command" run --pool 10.0.0.0/8 true
refused 'a malformed pool that is inherited' 2 '*DUALBIND_POOL "x"*' env DUALBIND_POOL=x "$command" run true
refused 'a malformed log' 2 '*--log "loud"*off, error, info or debug*' "$command" run --log loud true
refused 'a log that cannot be written' 125 '*--log "info:/none/such/file"*cannot be written: No such file*' \
	"$command" run --log info:/none/such/file true
refused 'malformed peers' 2 '*--peers "ipv6"*ipv4 or native*' "$command" run --peers ipv6 true
refused 'a malformed dry run' 2 '*DUALBIND_DRY_RUN "yes"*0 or 1*' env DUALBIND_DRY_RUN=yes "$command" run true
refused 'a malformed mode' 2 '*--mode "fast"*auto, preload, supervise or both*' "$command" run --mode fast true
refused 'no such option' 2 '*unknown option --frobnicate*' "$command" run --frobnicate true
refused 'two lists' 2 "*a second --allow: write one list: -a '80 81'*" "$command" run -a 80 --allow=81 true
refused 'a value that is missing' 2 '*option --pool needs a value*' "$command" run --pool
refused 'no program' 2 '*missing operand*' "$command" run -a 80 --

mkdir "$work/a" "$work/a/bin" "$work/a/lib" "$work/spaced dir"
cp "$command" "$work/a/bin/"
refused 'the library is nowhere' 125 '*neither in*bin/ nor in*../lib*DUALBIND_LIBRARY*' "$work/a/bin/dualbind" run true
cp "$library" "$work/a/lib/"
try "$work/a/bin/dualbind" run env
is 'the library in ../lib' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$work/a/lib/libdualbind.so "
cp "$library" "$work/a/bin/"
try "$work/a/bin/dualbind" run env
is 'the library next to the command comes first' "$(variables)" "DUALBIND_ALLOW=* LD_PRELOAD=$work/a/bin/libdualbind.so "
cp "$library" "$work/a/ours.so"
cd "$work/a" || exit
try env DUALBIND_LIBRARY=ours.so "$work/a/bin/dualbind" run env
is 'DUALBIND_LIBRARY decides, and is made absolute' "$(sed -n 's/^LD_PRELOAD=//p' "$work/out")" "$work/a/ours.so"
try env LD_PRELOAD="$other:$library" DUALBIND_LIBRARY="$work/a/bin/libdualbind.so" "$command" run env
is 'another copy of ours gives way' "$(sed -n 's/^LD_PRELOAD=//p' "$work/out")" "$other:$work/a/bin/libdualbind.so"
finish
