#!/bin/sh
# SPDX-License-Identifier: MIT
# A parent that holds the socket too, but whose descriptors /proc does not show to the child:
# another user's, or one that /proc counts otherwise. What two processes share stays shared.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
[ "$(id -u)" -eq 0 ] || skip_all "needs root, to become another user"
forms dual

# A program that drops root goes on with the library.
cp "$LIB" "$DIR/libdualbind.so"
chmod 755 "$DIR/libdualbind.so"
LIB=$DIR/libdualbind.so

for number in 1 2; do
    printf '#!/bin/sh\nexec unshare -m sh -c '\''mount -t proc -o hidepid=%d proc /proc && exec "$@"'\'' sh "$@"\n' \
        "$number" >"$DIR/hidepid=$number"
done
printf '#!/bin/sh\nexec "$@"\n' >"$DIR/plainly"
printf '#!/bin/sh\nexec unshare --pid --fork --kill-child "$@"\n' >"$DIR/pid-namespace"
printf '#!/bin/sh\nexec unshare --pid --fork --kill-child --mount-proc "$@"\n' >"$DIR/pid-namespace-with-proc"
printf '#!/bin/sh\nexec setpriv --bounding-set=-sys_ptrace "$@"\n' >"$DIR/as-in-docker"
chmod 755 "$DIR"/hidepid=? "$DIR/plainly" "$DIR/pid-namespace" "$DIR/pid-namespace-with-proc" "$DIR/as-in-docker"

begin() { # WAY PROTOCOL WORD...
    begin_way=$1 begin_protocol=$2
    shift 2
    set -- 8080 "$DIR/$begin_way" "$PYTHON" "$APPS/shared-socket.py" "$begin_protocol" 8080 "$@"
    if [ "$begin_protocol" = tcp ]; then serve "$@"; else serve_udp "$@"; fi
}
asked() { # PROTOCOL HOST
    if [ "$1" = tcp ]; then get "$2"; else udp_ask "$2" 8080; fi
}
bound() { # PROTOCOL
    if [ "$1" = tcp ]; then listeners 8080; else udp_sockets 8080; fi
}

# What two processes share serves IPv4 as it does natively.
shared() { # WHO WAY PROTOCOL WORD...
    who=$1
    shift
    ok "$*: starts" begin "$@"
    for _ in 1 2 3; do
        is "$(asked "$2" "$POD_IP4")" "$who" "$*: the $who answers over IPv4"
    done
    is "$(bound "$2" | grep -c '^0.0.0.0 inet')" 1 "$*: the socket stays IPv4's"
    stop_with KILL "$SERVER_PID"
}
# What is a process's own becomes dual-stack.
own() { # WHO WAY PROTOCOL WORD...
    who=$1
    shift
    ok "$*: starts" begin "$@"
    is "$(asked "$2" "$POD_IP4")" "$who" "$*: answers over IPv4"
    is "$(asked "$2" "$POD_IP6")" "$who" "$*: and over IPv6"
    stop_with KILL "$SERVER_PID"
}

ALLOW=8080/any
for protocol in tcp udp; do
    for way in plainly 'hidepid=1' 'hidepid=2' pid-namespace pid-namespace-with-proc; do
        shared parent "$way" $protocol child-binds drop
        own child "$way" $protocol child-own drop
    done
    for way in pid-namespace pid-namespace-with-proc plainly as-in-docker; do
        shared parent "$way" $protocol child-binds
    done
    shared parent plainly $protocol child-execs drop
    own alone plainly $protocol alone drop
    own alone pid-namespace $protocol alone drop
done

# A listener that the parent, or a child, serves on too does not make way.
kept() { # WHO WAY WORD...
    who=$1
    shift
    ok "$*: starts" begin "$1" tcp "$2" "$3"
    for _ in 1 2 3 4; do
        is "$(asked tcp "$POD_IP4")" "$who" "$*: the $who answers over IPv4"
    done
    is "$(listeners 8080 | wc -l)" 2 "$*: two listeners"
    ok "$*: the log says so" grep -q 'kept since it is in use' "$SHIM_LOG"
    stop_with KILL "$SERVER_PID"
}
ALLOW=8080
for way in plainly 'hidepid=2' pid-namespace; do
    kept parent "$way" child-ipv6 drop
done
kept parent pid-namespace child-ipv6 ''
kept child as-in-docker parent-ipv6 drop
kept child plainly parent-ipv6 drop

done_testing
