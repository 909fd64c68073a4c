# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# uWSGI with a master and two workers, and LISTEN (words), the option that an
# address follows. HUP has the master execute itself, which finds its listener
# among the descriptors that it inherits. Read by rows after compat.sh.

# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
# shellcheck disable=SC2034 # read by compat.sh
PORT=8080 PACKAGES='apt:uwsgi-core apt:uwsgi-plugin-python3'

version() {
    uwsgi_python3 --version
}

uwsgi_at() { # ADDRESS
    # shellcheck disable=SC2086 # words
    as_user uwsgi_python3 $LISTEN "$1:$PORT" --master --processes 2 --die-on-term --chdir "$APPS" --module wsgi:app
}

ipv4_only() {
    uwsgi_at 0.0.0.0
}

by_default() {
    uwsgi_at ''
}

ready() { # HOST
    http "$1" / | grep .
}

work() { # HOST
    ready "$1" && reload HUP && wait_for ready "$1"
}

peer() { # HOST
    http "$1" /
}
