#!/bin/sh
# SPDX-License-Identifier: MIT
# dualbind check PID of programs that write a title over their environment: what the library
# has read is told, or that it cannot be told.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
need nginx nginx-light
need redis-server
need gunicorn
need perl
need strace
need_python setproctitle python3-setproctitle
forms ipv6

DUALBIND=$ROOT/build/dualbind
cp "$LIB" "$DIR/libdualbind.so"
chmod 755 "$DIR" "$DIR/libdualbind.so"
LIB=$DIR/libdualbind.so

check() { # OPTION... PID
    # shellcheck disable=SC2086 # words
    in_pod ${AS:-} "$DUALBIND" check "$@" >"$DIR/out" 2>"$DIR/err"
}
said() { # TEXT
    grep -qxF "$1" "$DIR/out" || {
        diag_file "$DIR/out"
        return 1
    }
}
never_said() { # PATTERN
    ! grep -q "$1" "$DIR/out"
}
member() { # NAME...
    "$PYTHON" -c 'import json, sys
read = json.load(open(sys.argv[1]))
print(*(read.get(name, "missing") for name in sys.argv[2:]))' "$DIR/out" "$@"
}
titled() { # PID: its environment is no more what it was
    ! tr '\0' '\n' <"/proc/$1/environ" | grep -q '^PATH='
}

RULES='8080,9000-9100/udp,127.0.0.1:7860/any,[::]:6379,!9090'
ALLOW="$RULES other@99"
with_title() { # NAME PID
    ok "$1: has written over its environment" wait_for titled "$2"
    check "$2"
    ok "$1: its rules are the library's" said "Its rules: $RULES"
    ok "$1: its socket is converted" grep -q '^tcp  *\[::\]:8080  *converted' "$DIR/out"
    check --json "$2"
    is "$(member rules rules_of rules_seen library_state peers pool dry_run)" \
        "$RULES library True active ipv4 240.0.0.0/4 False" "$1: in JSON"
    AS="strace -qq -o /dev/null -P /proc/$2/mem -e trace=open,openat -e inject=open,openat:error=EACCES"
    check "$2"
    ok "$1: its memory is not shown: told" \
        grep -q '^Its rules cannot be read: it has written over its environment, and its memory is not shown' "$DIR/out"
    ok "$1: nothing else is claimed" never_said 'DUALBIND_ALLOW is not set\|without LD_PRELOAD\|no rule covers'
    check --json "$2"
    is "$(member rules rules_of rules_seen library_state pool)" "None None False None missing" \
        "$1: its memory is not shown: in JSON"
    AS=''
}
without_library() { # NAME PID
    ok "$1: has written over its environment" wait_for titled "$2"
    check "$2"
    ok "$1: the library is not there, and no more is said of it" said 'The library is not loaded in it.'
    ok "$1: nor of its rules" said 'With which rules it was started cannot be read: it has written over its environment.'
    ok "$1: what is to be done" grep -q 'start it with: dualbind run -a 8080' "$DIR/out"
    check --json "$2"
    is "$(member loaded rules rules_seen)" "False None False" "$1: without the library, in JSON"
}

# shellcheck disable=SC2016 # it is Perl
title='use IO::Socket::INET;
my $listener = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 8080, Listen => 5);
$0 = "x" x 3000;
sleep 600;'
run() { # START NAME
    case $2 in
    nginx)
        configure 8080
        "$1" 8080 nginx -p "$DIR" -e stderr -c "$DIR/nginx.conf" -g 'daemon off;'
        ;;
    redis) "$1" 8080 redis-server --bind 0.0.0.0 --port 8080 --save '' --dir "$DIR" --protected-mode no ;;
    perl) "$1" 8080 perl -e "$title" ;;
    gunicorn)
        PYTHONPATH=$APPS "$1" 8080 gunicorn --bind 0.0.0.0:8080 --name "$(printf '%03000d' 0)" --pythonpath "$APPS" wsgi:app
        ;;
    esac
}
for name in nginx redis perl gunicorn; do
    ok "$name: starts with the library" run serve $name
    with_title $name "$SERVER_PID"
    stop
    ok "$name: starts without it" run serve_plain $name
    without_library $name "$SERVER_PID"
    stop
done

# The library, in its other states, in a program that leaves its environment alone.
http() { # [VARIABLE=VALUE...]
    serve_plain 8080 env "$@" "$PYTHON" -m http.server --bind 0.0.0.0 8080
}
ok "no rules: starts" http LD_PRELOAD="$LIB"
check "$SERVER_PID"
ok "no rules: told" said 'It has no rules: DUALBIND_ALLOW is not set.'
check --json "$SERVER_PID"
is "$(member rules rules_of library_state)" "None library inert" "no rules: in JSON"
stop
ok "malformed rules: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW=80x
check "$SERVER_PID"
ok "malformed rules: told" said 'It has no rules: a setting was malformed, and the library does nothing.'
ok "malformed rules: what is to be done" grep -q 'a setting is malformed: the library does nothing' "$DIR/out"
check --json "$SERVER_PID"
is "$(member rules rules_of library_state)" "None library malformed" "malformed rules: in JSON"
stop
ok "rules for others: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW=nginx@8080
check "$SERVER_PID"
ok "rules for others: told" said 'It has no rules: none is for this program.'
stop
ok "other settings: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW='*/any' DUALBIND_PEERS=native \
    DUALBIND_POOL=198.18.0.0/15 DUALBIND_DRY_RUN=1
check --json "$SERVER_PID"
is "$(member rules peers pool dry_run)" "*/any native 198.18.0.0/15 True" "other settings: in JSON"
stop

# As DUALBIND_LIBRARY may name it.
cp "$LIB" "$DIR/other-name.so"
ok "a library of another name: starts" http LD_PRELOAD="$DIR/other-name.so" DUALBIND_ALLOW="$RULES"
check "$SERVER_PID"
ok "a library of another name: is seen" said "The library is loaded in it: $DIR/other-name.so."
ok "a library of another name: its rules" said "Its rules: $RULES"
stop

# Its file is gone, or is another one by now.
cp "$LIB" "$DIR/kept.so"
ok "a library that was removed since: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW="$RULES"
rm "$LIB"
check "$SERVER_PID"
ok "a library that was removed since: its rules" said "Its rules: $RULES"
echo 'no library' >"$LIB"
check "$SERVER_PID"
ok "a library that was replaced since: its rules" said "Its rules: $RULES"
stop
# A library of another version: its note says so.
"$PYTHON" -c 'import sys
data = open(sys.argv[1], "rb").read()
at = data.index(b"dualbind\0\0\0\0")
assert data.count(b"dualbind\0\0\0\0") == 1
open(sys.argv[2], "wb").write(data[:at - 4] + bytes([99]) + data[at - 3:])' "$DIR/kept.so" "$DIR/new"
mv "$DIR/new" "$LIB"
chmod 755 "$LIB"
ok "a library of another version: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW="$RULES"
check --json "$SERVER_PID"
is "$(member loaded rules rules_of library_state)" "True $RULES environment None" \
    "a library of another version: the rules are the environment's"
stop
ok "a library of another version, another setting malformed: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW="$RULES" \
    DUALBIND_POOL=10.0.0.0/8
check "$SERVER_PID"
ok "a library of another version, another setting malformed: told" \
    said 'It has no rules: a setting was malformed, and the library does nothing.'
stop
# By its name, which has blanks, and is longer than what the kernel calls it.
server='my long named server program'
cp "$(command -v perl)" "$DIR/$server"
# shellcheck disable=SC2016 # it is Perl
listener='use IO::Socket::INET;
my $listener = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 8080, Listen => 5);
sleep 600;'
for which in '' ' that was replaced since'; do
    for library in "$LIB" "$DIR/kept.so"; do
        ok "a name with blanks$which: starts" serve_plain 8080 env LD_PRELOAD="$library" DUALBIND_ALLOW='my?long*program@8080' \
            "$DIR/$server" -e "$listener"
        [ -z "$which" ] || rm "$DIR/$server"
        check "$SERVER_PID"
        ok "a name with blanks$which: it is converted" grep -q '^tcp  *\[::\]:8080  *converted' "$DIR/out"
        check --json "$SERVER_PID"
        is "$(member rules_of) $("$PYTHON" -c 'import json, sys
print(*(one["covered"] for one in json.load(open(sys.argv[1]))["listeners"]))' "$DIR/out")" \
            "$([ "$library" = "$LIB" ] && echo environment || echo library) True" "a name with blanks$which: a rule covers it"
        stop
        [ -z "$which" ] || cp "$(command -v perl)" "$DIR/$server"
    done
done
ok "a library of another version, and a title: starts" run serve perl
check "$SERVER_PID"
ok "a library of another version, and a title: told" \
    grep -q '^Its rules cannot be read: .*the library in it is of another version' "$DIR/out"
stop
cp "$DIR/kept.so" "$LIB"

# Two copies, of which one alone has rules, are one.
mkdir "$DIR/second"
cp "$LIB" "$DIR/second/libdualbind.so"
ok "two copies: starts" http LD_PRELOAD="$LIB:$DIR/second/libdualbind.so" DUALBIND_ALLOW="$RULES"
check "$SERVER_PID"
ok "two copies: the rules" said "Its rules: $RULES"
stop

# Another user's process.
if [ "$(id -u)" = 0 ]; then
    cp "$DUALBIND" "$DIR/dualbind"
    DUALBIND=$DIR/dualbind
    chmod 755 "$DUALBIND"
    AS='setpriv --reuid=65534 --regid=65534 --clear-groups'
    ok "another user's: starts" http LD_PRELOAD="$LIB" DUALBIND_ALLOW="$RULES"
    check "$SERVER_PID"
    ok "another user's: nothing is claimed" never_said 'DUALBIND_ALLOW\|LD_PRELOAD\|rules:'
    ok "another user's: it says why" grep -q 'run this as root' "$DIR/out" "$DIR/err"
    AS=''
    stop
fi
done_testing
