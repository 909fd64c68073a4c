#!/bin/sh
# SPDX-License-Identifier: MIT
# Chromium and Firefox with their sandboxes on, as an ordinary user: processes that
# run pages have a seccomp filter that knows the calls which the browser makes, and
# no other. Under each rule they load a page, and report no call that their filters
# refused.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need chromium
need firefox-esr
need setpriv util-linux
FORM_SECONDS=400
forms dual

USER_ID=65534
[ "$(id -u)" = 0 ] || USER_ID=$(id -u)
WANTED='the script says 42, some run pages, some filtered'
page=http://127.0.0.1:8888/

# The library where that user may read it.
cp "$LIB" "$DIR/libdualbind.so"
chmod 755 "$DIR" "$DIR/libdualbind.so"

as_user() { # RULE|- COMMAND...
    rule=$1
    shift
    set -- PATH="$PATH" HOME="$home" MOZ_SANDBOX_LOGGING=1 timeout 60 "$@"
    [ "$rule" = - ] || set -- LD_PRELOAD="$DIR/libdualbind.so" DUALBIND_ALLOW="$rule" \
        DUALBIND_LOG="info:$home/shim-info" "$@"
    if [ "$(id -u)" = 0 ]; then
        set -- setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups env -i "$@"
    else
        set -- env -i "$@"
    fi
    in_pod "$@" </dev/null >"$home/out" 2>"$home/err"
}

# Each time a profile of its own.
new_home() { # NAME
    home=$DIR/$1
    mkdir -p "$home/profile"
    cp "$APPS/firefox-user.js" "$home/profile/user.js"
    [ "$(id -u)" != 0 ] || chown -R "$USER_ID:$USER_ID" "$home"
}

chromium_loads() { # RULE|-
    as_user "$1" chromium --headless --disable-gpu --disable-background-networking --no-first-run \
        --disable-quic --user-data-dir="$home/profile" --dump-dom "$page" &&
        grep -qF "<p id=\"answer\">$WANTED</p>" "$home/out"
}

firefox_loads() { # RULE|-
    as_user "$1" firefox-esr --headless --no-remote --profile "$home/profile" \
        --screenshot "$home/page.png" "$page" &&
        [ -s "$home/page.png" ] &&
        grep -qF "$(echo "$WANTED" | sed 's/ /%20/g; s/,/%2C/g')" "$LOG"
}

refusals() {
    grep -ciE 'seccomp-bpf failure|seccomp sandbox violation|Bad system call' "$home/err"
}

ok 'the page is served' serve_plain 8888 "$PYTHON" "$APPS/browser-page.py" 8888 "$USER_ID"
runs=0
for browser in chromium firefox; do
    for rule in - '*/any' 8080/udp; do
        runs=$((runs + 1))
        new_home "$browser-$runs"
        name="$browser, rule $rule"
        [ "$rule" != - ] || name="$browser without the library"
        : >"$LOG"
        ok "$name: shows the page, from a process with a filter" "${browser}_loads" "$rule" || {
            diag_file "$home/out"
            diag_file "$home/err"
        }
        is "$(refusals)" 0 "$name: its filters refuse nothing"
    done
done
stop
done_testing
