#!/bin/sh
# SPDX-License-Identifier: MIT
# A 32-bit program (i386) meets the 64-bit library: the loader says so in a line of
# its own, and the program runs as without.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(native)" = amd64 ] || skip_all "only x86-64 runs both classes"
make_root bookworm i386 coreutils python3
forms dual
# shellcheck disable=SC2086 # words
set -- $INSIDE
is "$("$@" /usr/bin/python3 -c 'import platform; print(platform.architecture()[0])')" 32bit "a 32-bit program"

ok "starts" serve 8080 "$@" /usr/bin/python3 -m http.server --directory /mnt --bind 0.0.0.0 8080
is "$(listeners 8080)" "0.0.0.0 inet" "listens as it says"
answer=$(get "$POD_IP4")
ok "answers over IPv4" [ -n "$answer" ]
ok "refused over IPv6" refused "$POD_IP6"
is "$(grep -vc '^Serving\|HTTP/1' "$LOG")" 1 "one line more than without"
ok "it is the loader's" grep -q '^ERROR: ld.so: .*wrong ELF class.*: ignored\.$' "$LOG"
stop
python=$root$(readlink -f "$root/usr/bin/python3" | sed "s|^$root||")
refusal=$("$ROOT/build/dualbind" run -a 8080 -- "$python" -c pass 2>&1)
is "$?" 125 "dualbind run refuses it"
case $refusal in
*32*) result ok "and says why" ;;
*) fail "and says why" ;;
esac
diag "$refusal"
done_testing
