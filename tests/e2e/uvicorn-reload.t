#!/bin/sh
# SPDX-License-Identifier: MIT
# uvicorn --reload: the parent binds, and gives the socket to one child after
# another as the source changes.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
forms ipv6 dual

# The reloader takes stock of the files a moment after its start, and does not
# notice a change before that: so the file is touched again now and then.
answer_starts_with_hello() {
    [ $((wait_tries % 40)) -ne 39 ] || touch "$DIR/app/rest.py"
    case $(get "$POD_IP6") in hello*) ;; *) return 1 ;; esac
}

mkdir "$DIR/app"
cp "$APPS/rest.py" "$DIR/app"
set -- "$PYTHON" -m uvicorn --app-dir "$DIR/app" --reload --reload-dir "$DIR/app" \
    --host 0.0.0.0 --port 8080 rest:app
battery 8080 "$@"
ok "starts" serve 8080 "$@"
ok "answers" quietly get "$POD_IP6"
sed -i 's/^GREETING = .*/GREETING = "hello "/' "$DIR/app/rest.py"
ok "answers over IPv6 with the changed source" wait_for answer_starts_with_hello
answer=$(get "$POD_IP6")
stands_for_node "${answer#hello }" "the new process shows the same peer"
is "$(listeners 8080)" ":: inet6 v6only=0" "still one listener for both families"
stop
done_testing
