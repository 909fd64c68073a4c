# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Other projects' tests, natively and under the shim: what passes natively has
# to pass. A test file says how they are run, and which:
#
#     . "$(dirname "$0")/foreign.sh"
#     forms dual
#     run_suite() { ...; }       # RESULTS NAME...: writes lines "pass TEST",
#                                # "skip TEST", "fail TEST" to RESULTS, and calls
#                                # the program by `shim` or `supervise`
#     compare NAME...
#     done_testing
#
# A test that is lost is run again alone, under the shim and natively: it counts
# where it fails REPEATS times under the shim and passes natively once. Tests that
# rightly fail are named in tests/foreign/differences, with the reason. SUITE_SECONDS bounds
# each run of a suite; RULES are the allowlists, one a line.

# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
FOREIGN=$ROOT/tests/foreign
# shellcheck disable=SC2034
FORM_SECONDS=7000
SUITE_SECONDS=${SUITE_SECONDS:-500}
REPEATS=3
[ -n "${RULES:-}" ] || RULES='*
*/any
*/any 127.0.0.1:*/any [::]:*/any'
rules='' # empty: natively

shim() { # COMMAND...
    if [ -n "$rules" ]; then
        set -- env LD_PRELOAD="$LIB" DUALBIND_ALLOW="$rules" DUALBIND_LOG="info:$DIR/shim.log" "$@"
    fi
    timeout --kill-after=10 "$SUITE_SECONDS" "$@"
}

supervise() { # COMMAND...
    if [ -n "$rules" ]; then
        set -- "$ROOT/build/dualbind" run --mode supervise -a "$rules" --log "info:$DIR/shim.log" -- "$@"
    fi
    timeout --kill-after=10 "$SUITE_SECONDS" "$@"
}

# Python's unittest, whoever's the tests are. "localhost" is 127.0.0.1 alone there:
# what is promoted is reached at ::1 too, and some would ask that first.
python_suite() { # PYTHON RESULTS NAME...
    suite_python=$1
    shift
    echo '127.0.0.1 localhost' >"$DIR/hosts"
    # shellcheck disable=SC2016 # for the inner shell
    (cd "$DIR/work" && HOME=$DIR/work TMPDIR=$DIR/work shim unshare --mount \
        sh -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' sh "$DIR/hosts" \
        "$suite_python" "$FOREIGN/run.py" "$@")
}

# SUITE_PYTHON with these packages, made once.
python_packages() { # NAME==VERSION...
    # Without "=": env would take the command for a variable.
    suite_folder=$ROOT/build/foreign/$(echo "$*" | tr -c 'A-Za-z0-9.\n-' _ | cut -c 1-60)
    SUITE_PYTHON=$suite_folder/bin/python
    if [ ! -e "$suite_folder/done" ]; then
        "$PYTHON" -m venv "$suite_folder" && "$SUITE_PYTHON" -m pip install -q "$@" && : >"$suite_folder/done"
    fi >"$ROOT/build/foreign.log" 2>&1 || skip_all "$(tail -n 1 "$ROOT/build/foreign.log")"
}

run_once() { # RESULTS NAME...
    mkdir -p "$DIR/work"
    : >"$1"
    suite_status=0
    run_suite "$@" >"$1.out" 2>&1 </dev/null || suite_status=$?
    sort -u -o "$1" "$1"
}

# timeout(1) ended it: what was not reached would pass for nothing.
ended_in_time() {
    [ "$suite_status" -ne 124 ] && [ "$suite_status" -ne 137 ]
}

names() { # OUTCOME RESULTS
    sed -n "s/^$1 //p" "$2" | sort -u
}

# What passes natively and neither passes nor is skipped under the shim.
lost() { # NATIVE SHIMMED
    names pass "$1" >"$1.pass"
    { names pass "$2" && names skip "$2"; } | sort -u >"$2.fine"
    comm -23 "$1.pass" "$2.fine"
}

is_lost() { # TEST
    repeat=0
    while [ "$repeat" -lt "$REPEATS" ]; do
        repeat=$((repeat + 1))
        run_once "$DIR/again" "$1"
        [ -n "$(names fail "$DIR/again")" ] || [ -z "$(names pass "$DIR/again")" ] || return 1
    done
    alone_rules=$rules
    rules=''
    run_once "$DIR/alone" "$1"
    rules=$alone_rules
    [ -n "$(names pass "$DIR/alone")" ] && [ -z "$(names fail "$DIR/alone")" ]
}

is_explained() { # TEST
    grep -qF "$1 " "$DIR/differences" && echo "$1" >>"$DIR/explained"
}

# Of the suites that were run, under all RULES.
stale() { # NAME...
    for name in "$@"; do
        sed -n "s|^\(${name}[.:][^ ]*\) .*|\1|p" "$DIR/differences"
    done | sort -u | comm -23 - "$DIR/explained" | tr '\n' ' '
}

compare_under() { # RULES NAME NATIVE
    rules=$1 unexplained='' repeated=0
    run_once "$DIR/shimmed" "$2"
    lost "$3" "$DIR/shimmed" >"$DIR/lost"
    while read -r test; do
        if is_explained "$test"; then continue; fi
        repeated=$((repeated + 1))
        if ! is_lost "$test"; then continue; fi
        unexplained="$unexplained $test"
        diag "lost: $test"
        sed 's/^/# /' "$DIR/again.out" | tail -n 20
    done <"$DIR/lost"
    is "$unexplained" '' "$2 under '$1': $(wc -l <"$3.pass") pass natively, $repeated run again"
    rules=''
}

# Most tests bind 127.0.0.1, which only the last of the RULES mentions.
compare() { # NAME...
    printf '%s\n' "$RULES" >"$DIR/rules"
    grep '^[^#]' "$FOREIGN/differences" >"$DIR/differences"
    : >"$DIR/explained"
    for name in "$@"; do
        native=$DIR/$(echo "$name" | tr / -).native
        run_once "$native" "$name"
        ok "$name: ends in $SUITE_SECONDS seconds natively" ended_in_time
        names pass "$native" >"$native.pass"
        ok "$name: some pass natively" test -s "$native.pass"
        [ -s "$native.pass" ] || sed 's/^/# /' "$native.out" | tail -n 20
        while read -r line; do
            compare_under "$line" "$name" "$native" </dev/null
        done <"$DIR/rules"
    done
    sort -u -o "$DIR/explained" "$DIR/explained"
    is "$(stale "$@")" '' "each listed difference still occurs ($(wc -l <"$DIR/explained"))"
    ok "$(grep -c ' converted ' "$DIR/shim.log") sockets were converted" grep -q ' converted ' "$DIR/shim.log"
}
