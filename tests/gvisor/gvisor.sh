# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The servers of tests/e2e/forgetful.sh in gVisor. Read by the tests here, which set
#
#   RUNSC      its path
#   NETWORK    sandbox: gVisor's own network stack; host: the one of the machine

# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/udp.sh
. "$ROOT/tests/e2e/udp.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/nginx-conf.sh
. "$ROOT/tests/e2e/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/unbound.sh
. "$ROOT/tests/e2e/unbound.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/forgetful.sh
. "$ROOT/tests/e2e/forgetful.sh"

case $RUNSC in /*) ;; *) RUNSC=$ROOT/$RUNSC ;; esac
[ -x "$RUNSC" ] || skip_all "$RUNSC is not there: make check-gvisor"
[ "$(id -u)" = 0 ] || skip_all "only root can run the sandbox here"

# shellcheck disable=SC2034 # read by forgetful.sh, start and forms
KERNEL="$ROOT/tests/gvisor/in-sandbox $RUNSC $NETWORK" SHIM_ENV=DUALBIND_LOG=info FORM_SECONDS=1200

# Files that it writes are lost.
shim_lines() {
    grep '^dualbind pid=' "$LOG"
}

# Without seccomp's notifications there is no supervisor: the program runs all the same.
go_as_native() {
    if ! [ -x "$ROOT/build/tests/go-static" ]; then
        skip "Go" "Go is not installed (Debian: golang-go)"
        return
    fi
    run_once plain "$ROOT/build/tests/go-static" tcp4 8080 >"$DIR/native"
    run_once plain "$ROOT/build/dualbind" run --allow '*/any' -- "$ROOT/build/tests/go-static" tcp4 8080 >"$DIR/supervised"
    is "$(cat "$DIR/supervised")" "$(cat "$DIR/native")" "Go under dualbind run: as without it"
    ok "Go under dualbind run: says why it is not supervised" grep -q 'not supervised: the kernel' "$LOG"
}

second_instance() { # NAME COMMAND...
    second_name=$1
    shift
    # shellcheck disable=SC2086 # words
    ok "$second_name: starts" start shim 8080 $KERNEL "$PYTHON" "$ROOT/tests/gvisor/second.py" "$@" || return
    wait_for is_ready
    is "$(grep '^second: ' "$LOG")" "second: EADDRINUSE" "$second_name: another one is refused"
    stop
}

# A listener on loopback, or of IPv6 alone; synthetic addresses are A.
names_at() { # ADDRESS OVER-IPV4 OVER-IPV6
    # shellcheck disable=SC2086 # words
    ok "names at $1: starts" start shim 8080 $KERNEL "$PYTHON" "$APPS/names.py" 8080 "$1"
    wait_for is_ready
    is "$(get "$POD_IP4")" "$2" "names at $1: of an IPv4 client"
    is "$(get "$POD_IP6" | sed 's/2[45][0-9]\.[0-9.]*/A/g')" "$3" "names at $1: of an IPv6 client"
    stop
}

other_addresses() {
    PORT=8080 PROTOCOL=tcp PROBE=http
    names_at 127.0.0.1 "$NODE_IP4 $NODE_IP4 $POD_IP4 2" "A A A 2"
    names_at :: "::ffff:$NODE_IP4 ::ffff:$NODE_IP4 ::ffff:$POD_IP4 10" "$NODE_IP6 $NODE_IP6 $POD_IP6 10"
}

# Datagrams by IPv6 that say they are of IPv4 (tests/e2e/mapped-source.t), and many that are what they say.
datagrams() {
    PORT=8080 PROTOCOL=udp PROBE=udp
    for way in recvfrom recvmsg; do
        # shellcheck disable=SC2086 # words
        ok "UDP, $way: starts" start shim 8080 $KERNEL "$PYTHON" "$APPS/udp-seen.py" 8080 "$way"
        wait_for is_ready
        for source in ::ffff:127.0.0.1 ::ffff:10.0.0.1 "::ffff:$NODE_IP4" :: ::1; do
            "$PYTHON" "$APPS/raw-datagram.py" "$source" "$POD_IP6" 8080 "from-$source"
        done
        "$PYTHON" "$APPS/raw-datagram.py" "$NODE_IP6" "$POD_IP6" 8080 from-node
        is "$(udp_many "$POD_IP4" 100 8080)" 100 "UDP, $way: 100 clients over IPv4"
        is "$(udp_many "$POD_IP6" 100 8080)" 100 "UDP, $way: 100 clients over IPv6"
        is "$(sed -n 's/^\(from-[^ ]*\) .*/\1/p' "$LOG")" from-node "UDP, $way: none that is forged comes"
        stop
    done
    PROBE=udp-dns
    configure_unbound 'interface: 0.0.0.0' 'interface-automatic: yes' 'do-ip6: no'
    serves_both "unbound with IP_PKTINFO" "$(own_copy unbound)" -d -c "$DIR/unbound.conf"
    PROTOCOL=tcp PROBE=http
}

# What the same servers do not show: names, many clients, a second instance.
with_others() {
    PORT=8080 PROTOCOL=tcp PROBE=http
    # shellcheck disable=SC2086 # words
    ok "names: starts" start shim 8080 $KERNEL "$PYTHON" "$APPS/names.py" 8080
    wait_for is_ready
    is "$(get "$POD_IP4")" "$NODE_IP4 $NODE_IP4 $POD_IP4 2" "each name of an IPv4 client is of AF_INET"
    is "$(get "$POD_IP6" | sed 's/[0-9.]* [0-9.]* [0-9.]* /A A A /')" "A A A 2" "each name of an IPv6 client too"
    for host in "$POD_IP4" "$POD_IP6"; do
        is "$(sequential "$host" 200)" 200 "$host: 200 clients, one after another"
        is "$(crowd "$host" 10)" 10 "$host: 10 at once"
    done
    stop
    other_addresses
    datagrams
    second_instance "a second instance"
    second_instance "a second instance with SO_REUSEADDR" reuse
}

# The sockets of gVisor's own stack can only be asked.
if [ "$NETWORK" = sandbox ]; then
    places() {
        printf '%s\n' "node $POD_IP4" "node $POD_IP6"
    }
    listening() { # PORT
        is_ready
    }
    listeners() { # PORT
        :
    }
fi
