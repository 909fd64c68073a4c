#!/bin/sh
# SPDX-License-Identifier: MIT
# getaddrinfo for a wildcard listener, as the C library answers it in a pod that
# has no IPv4 address but loopback's.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ -z "${LOOKUP_FORM:-}" ]; then
	export LOOKUP_FORM=ipv6
	exec scripts/pod -- scripts/pod exec sh "$0"
fi
library=$PWD/build/libdualbind.so
# shellcheck source-path=SCRIPTDIR source=tap.sh
. tests/process/tap.sh

# The families and addresses in their order, or the error.
lookup() { # ALLOW NODE FAMILY FLAGS [PORT|- [TYPE]]
	LD_PRELOAD=$library DUALBIND_ALLOW=$1 /usr/bin/python3 -c '
import socket, sys
node, family, flags, port, type = sys.argv[1:]
try:
    found = socket.getaddrinfo(None if node == "-" else node, None if port == "-" else int(port),
        getattr(socket, family), getattr(socket, type), 0, sum(getattr(socket, name) for name in flags.split("+")))
    print(*(entry[4][0] for entry in found))
except socket.gaierror as error:
    print("error")
' "$2" "$3" "$4" "${5:-8080}" "${6:-SOCK_STREAM}"
}

passive=AI_PASSIVE
careful=AI_PASSIVE+AI_ADDRCONFIG
is 'natively IPv4 comes first' "$(lookup '' - AF_UNSPEC $passive)" '0.0.0.0 ::'
is 'covered: so it does' "$(lookup 8080 - AF_UNSPEC $passive)" '0.0.0.0 ::'
is 'IPv4 alone: as natively' "$(lookup 8080 - AF_INET $passive)" '0.0.0.0'
is 'no listener: as natively' "$(lookup 8080 - AF_UNSPEC AI_NUMERICHOST)" "$(lookup '' - AF_UNSPEC AI_NUMERICHOST)"
is 'natively AI_ADDRCONFIG hides 0.0.0.0' "$(lookup '' 0.0.0.0 AF_UNSPEC $careful)" error
is 'covered: it does not' "$(lookup 8080 0.0.0.0 AF_UNSPEC $careful)" '0.0.0.0'
is 'covered, for AF_INET: it does not' "$(lookup 8080 - AF_INET $careful)" '0.0.0.0'
is 'another port: hidden' "$(lookup 9090 0.0.0.0 AF_UNSPEC $careful)" error
is 'covered for UDP: it does not' "$(lookup 8080/udp 0.0.0.0 AF_INET $careful 8080 SOCK_DGRAM)" '0.0.0.0'
is 'covered for TCP alone: hidden from UDP' "$(lookup 8080 0.0.0.0 AF_INET $careful 8080 SOCK_DGRAM)" error
is 'no port is told: any rule counts' "$(lookup 8080/udp 0.0.0.0 AF_INET $careful -)" '0.0.0.0'
is 'no port is told, no rule: hidden' "$(lookup 127.0.0.1:8080 0.0.0.0 AF_INET $careful -)" error
is 'another address: as natively' "$(lookup 8080 127.0.0.1 AF_INET $careful)" \
	"$(lookup '' 127.0.0.1 AF_INET $careful)"
echo "1..$number"
