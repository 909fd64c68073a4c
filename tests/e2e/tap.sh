# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# TAP, with a counted plan. Read by lib.sh.

diag() {
    printf '# %s\n' "$*"
}

diag_file() {
    [ -s "$1" ] || return 0
    diag "--- ${1##*/}"
    tail -n 20 "$1" | sed 's/^/# /'
}

result() { # ok|not ok, NAME
    count=$((count + 1))
    echo "$count" >"$E2E_DIR/count"
    printf '%s %d - %s%s\n' "$1" "$count" "${POD_FORM:+$POD_FORM: }" "$2"
}

fail() { # NAME
    result 'not ok' "$1"
    : >"$E2E_DIR/failed"
    : >"$DIR/failed"
    return 1
}

# Whether it passed is its status, too.
ok() { # NAME COMMAND...
    test_name=$1
    shift
    if "$@"; then result ok "$test_name"; else fail "$test_name"; fi
}

is() { # GOT EXPECTED NAME
    if [ "$1" = "$2" ]; then
        result ok "$3"
    else
        fail "$3"
        printf '%s\n' "got:      $1" "expected: $2" | sed 's/^/# /'
        return 1
    fi
}

skip() { # NAME REASON
    if [ -n "${E2E_NO_SKIP:-}" ]; then
        fail "$1"
        diag "would be skipped: $2"
    else
        result ok "$1 # SKIP $2"
    fi
}

skip_all() { # REASON
    if [ -n "${E2E_NO_SKIP:-}" ]; then
        printf '1..1\nnot ok 1 - not skipped\n# would be skipped: %s\n' "$1"
        exit 1
    fi
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

done_testing() {
    [ ! -e "$DIR/failed" ] || for log in "$DIR"/*.log; do diag_file "$log"; done
    : >"$DIR/done"
}

need() { # COMMAND [PACKAGE]
    command -v "$1" >/dev/null || skip_all "$1 is not installed (Debian: ${2:-$1})"
}

need_python() { # MODULE [PACKAGE]
    [ -z "${POD_FORM:-}" ] || return 0
    "$PYTHON" -c "import $1" 2>/dev/null || skip_all "$PYTHON has no module $1 (Debian: ${2:-python3-$1})"
}

