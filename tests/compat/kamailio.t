#!/bin/sh
# SPDX-License-Identifier: MIT
# kamailio, a SIP server, on udp:0.0.0.0. Each answer goes to the address that
# the request came from, which stands in the request too ("received="). Clients register,
# and call one another through it; it writes the addresses where it heard them into the
# contacts, as for clients behind NAT, and IPv6 clients need that.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Kamailio (SIP)' FAMILY=Telephony PORT=5060 PROTOCOL=udp RULE=5060/any PACKAGES=apt:kamailio CLIENT_SECONDS=60
NOTES='200 queries, 100 registrations and 50 relayed calls, 16 at once, over either family: none wrong'
NO_DEFAULT='it listens on each address of each interface'

version() {
    kamailio -v | awk 'NR == 1 { print $3 }'
}

ipv4_only() {
    as_user "$(command -v kamailio)" -DD -E -m 16 -M 4 -f "$ROOT/tests/compat/apps/kamailio.cfg" -Y "$DIR" -l "udp:0.0.0.0:$PORT" -l "tcp:0.0.0.0:$PORT"
}

ready() { # HOST
    client env SIP_OVER="UDP TCP" "$PYTHON" "$ROOT/tests/compat/apps/sip-options.py" "$1" "$PORT"
}

load() { # KIND HOST N
    client "$PYTHON" "$ROOT/tests/compat/apps/sip-load.py" "$1" "$2" "$PORT" "$3"
}

work() { # HOST
    ready "$1" && load options "$1" 200 && load register "$1" 100 && load calls "$1" 50
}

peer() { # HOST
    ready "$1" >/dev/null && sed -n 's/^.*asked by \([^ ]*\) over udp.*$/\1/p' "$LOG" | tail -n 1
}

# When it stops, one process may hear of another's end.
log_filter() {
    grep -v 'receive_fd(): EOF'
}

row
