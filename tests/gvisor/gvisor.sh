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
