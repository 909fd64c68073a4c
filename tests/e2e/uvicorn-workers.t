#!/bin/sh
# SPDX-License-Identifier: MIT
# uvicorn --workers 2: the parent binds, the socket travels to freshly started
# (not forked) children, and those listen.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_python uvicorn
need_python fastapi
forms ipv6 dual

two_workers_answered() {
    fetch "http://$(at "$POD_IP6"):8080/pid" >>"$DIR/pids"
    echo >>"$DIR/pids"
    [ "$(sort -u "$DIR/pids" | grep -c .)" -eq 2 ]
}

set -- "$PYTHON" -m uvicorn --app-dir "$APPS" --workers 2 --host 0.0.0.0 --port 8080 rest:app
battery 8080 "$@"
ok "starts" serve 8080 "$@"
ok "both workers answer over IPv6" wait_for two_workers_answered
stop
done_testing
