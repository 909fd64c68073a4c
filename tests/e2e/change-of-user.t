#!/bin/sh
# SPDX-License-Identifier: MIT
# A server gives up root while it sets up its sockets: in each order of bind, listen and that, its calls
# do what they do natively, and it is reached where it was, and over IPv6 where it has 0.0.0.0 alone.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'only root can become another user'
FORM_SECONDS=900
forms dual

run() { # FILE KIND ENVIRONMENT...
    run_file=$1 run_kind=$2
    shift 2
    in_pod env "$@" timeout 400 "$PYTHON" -IS "$APPS/change-user.py" "$run_kind" "$POD_IP4" "$POD_IP6" \
        >"$run_file" 2>"$run_file.log" && [ ! -s "$run_file.log" ]
}

# What is converted: a listener for IPv4 alone; over UDP not at a port that the kernel chose.
expected() { # KIND RULES
    case $2 in *127.0.0.1*) sed '/6/!{ /o4/ s/refused refused$/4 2 4 2/; }' ;; *) cat ;; esac | case $1 in
    udp*) sed '/ s6 /!{ /b4/ s/refused$/4 2/; }' ;;
    *) sed '/ s6 /!{ /[bp]4/ s/refused$/4 2/; }' ;;
    esac
}

same() { # FILE FILE
    diff "$1" "$2" >"$DIR/diff" && return
    sed -n '41q; s/^/# /p' "$DIR/diff"
    return 1
}

as_natively() { # KIND RULES...
    kind=$1
    shift
    ok "$kind: natively" run "$DIR/native" "$kind"
    ok "$kind: natively IPv4 alone is served in places" grep -q '4 2 refused$' "$DIR/native"
    for rules in "$@"; do
        ok "$kind, $rules: with the shim" run "$DIR/shimmed" "$kind" LD_PRELOAD="$LIB" DUALBIND_ALLOW="$rules"
        expected "$kind" "$rules" <"$DIR/native" >"$DIR/expected"
        ok "$kind, $rules: as it is to be" same "$DIR/expected" "$DIR/shimmed"
    done
}

as_natively tcp+addr '*' '*/any [::]:* 127.0.0.1:*'
as_natively udp '*/any [::]:*/any 127.0.0.1:*/any'
as_natively tcp '*'
done_testing
