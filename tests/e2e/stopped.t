#!/bin/sh
# SPDX-License-Identifier: MIT
# The helpers' own stop: a server has ended when none of its threads is left. Until then it
# holds its port, and what is asked of the next server there may not be answered.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
forms ipv6

setsid "$PYTHON" "$APPS/leader-ends.py" 5000 >"$DIR/leader.log" 2>&1 &
group=$!
ok "the first thread ends" wait_for dead "$group"
ok "another one is left" pgrep -w -g "$group" -r S,R,D
no_runner_in "$group"
is "$?" 1 "stop would wait for it"
kill -s KILL -- "-$group"
ok "and no longer" wait_for no_runner_in "$group"
done_testing
