#!/bin/sh
# SPDX-License-Identifier: MIT
# kamailio, a SIP server, on udp:0.0.0.0. Each answer goes to the address that
# the request came from, which stands in the request too ("received=").
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Kamailio (SIP)' FAMILY=Telephony PORT=5060 PROTOCOL=udp RULE=5060/any PACKAGES='apt:kamailio apt:sipsak'
NO_DEFAULT='it listens on each address of each interface'

version() {
    kamailio -v | awk 'NR == 1 { print $3 }'
}

prepare() {
    cat >"$DIR/kamailio.cfg" <<END
#!KAMAILIO
debug=2
log_stderror=yes
children=2
auto_aliases=no
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
request_route {
    xlog("L_NOTICE", "asked by \$si over \$proto\n");
    sl_send_reply("200", "OK");
}
END
}

ipv4_only() {
    as_user "$(command -v kamailio)" -DD -E -m 16 -M 4 -f "$DIR/kamailio.cfg" -Y "$DIR" -l "udp:0.0.0.0:$PORT" -l "tcp:0.0.0.0:$PORT"
}

work() { # HOST
    client env SIP_OVER="UDP TCP" "$PYTHON" "$ROOT/tests/compat/apps/sip-options.py" "$1" "$PORT"
}

peer() { # HOST
    work "$1" >/dev/null && sed -n 's/^.*asked by \([^ ]*\) over udp.*$/\1/p' "$LOG" | tail -n 1
}

row
