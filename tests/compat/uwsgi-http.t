#!/bin/sh
# uWSGI with its own HTTP router, a process that passes requests on to two
# workers. HUP has the master execute itself, which finds the listener again.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck source-path=SCRIPTDIR source=reload.sh
. "$ROOT/tests/compat/reload.sh"
TITLE='uWSGI, HTTP router' FAMILY='Application servers' PORT=8080
PACKAGES='apt:uwsgi-core apt:uwsgi-plugin-python3'

version() {
    uwsgi_python3 --version
}

uwsgi_at() { # ADDRESS
    as_user uwsgi_python3 --plugin http --http "$1:$PORT" --master --processes 2 --die-on-term --chdir "$APPS" --module wsgi:app
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

row
