#!/bin/sh
# SPDX-License-Identifier: MIT
# A datagram on the wire whose IPv6 source is an IPv4-mapped address: a program
# that is shown the IPv4 address inside would take a stranger for 127.0.0.1. The
# kernel delivers it (Linux 5.4 to 5.10 did not): shim/core/socket/v4mapped_filter.h.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=udp.sh
. "$(dirname "$0")/udp.sh"
forms dual

cat >"$DIR/raw.py" <<'PY'
"""raw.py SOURCE TARGET PORT TEXT: one datagram with that source."""
import socket
import struct
import sys

source, target = (socket.inet_pton(socket.AF_INET6, text) for text in sys.argv[1:3])
text = sys.argv[4].encode()
length = 8 + len(text)
udp = struct.pack("!HHHH", 4321, int(sys.argv[3]), length, 0) + text
summed = source + target + struct.pack("!II", length, socket.IPPROTO_UDP) + udp + b"\0" * (length % 2)
total = sum(struct.unpack(f"!{len(summed) // 2}H", summed))
while total > 0xFFFF:
    total = (total & 0xFFFF) + (total >> 16)
udp = udp[:6] + struct.pack("!H", total ^ 0xFFFF or 0xFFFF) + udp[8:]
header = struct.pack("!IHBB", 6 << 28, length, socket.IPPROTO_UDP, 64) + source + target
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
    raw.sendto(header + udp, (sys.argv[2], 0))
PY
cat >"$DIR/seen.py" <<'PY'
"""seen.py PORT: a line for each datagram, with who is shown to have sent it; the
same is the answer."""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
while True:
    data, sender = server.recvfrom(2048)
    print(data.decode(), sender[0], flush=True)
    server.sendto(sender[0].encode(), sender)
PY
came() { # TEXT
    grep -q "^$1 " "$LOG"
}
shown() { # TEXT
    sed -n "s/^$1 //p" "$LOG"
}

compatible_is_nobody() {
    ! came compatible || in_pool "$(shown compatible)"
}

ok "starts" serve_udp 5000 "$PYTHON" "$DIR/seen.py" 5000
"$PYTHON" "$DIR/raw.py" "$NODE_IP6" "$POD_IP6" 5000 real
ok "a datagram that is made by hand comes" wait_for came real
ok "and is shown from the pool" in_pool "$(shown real)"
for source in ::ffff:127.0.0.1 ::ffff:10.0.0.1 "::ffff:$NODE_IP4" ::ffff:240.0.0.1 ::1; do
    "$PYTHON" "$DIR/raw.py" "$source" "$POD_IP6" 5000 "from-$source"
done
"$PYTHON" "$DIR/raw.py" ::127.0.0.1 "$POD_IP6" 5000 compatible
"$PYTHON" "$DIR/raw.py" "$NODE_IP6" "$POD_IP6" 5000 last
ok "what is sent after all of them comes" wait_for came last
is "$(grep '^from-' "$LOG")" '' "none with an IPv4-mapped source does, nor with ::1"
ok "the deprecated IPv4-compatible form is shown from the pool, if at all" compatible_is_nobody
is "$(udp_pod_ask 127.0.0.1 5000)" 127.0.0.1 "127.0.0.1 is shown to itself"
is "$(udp_ask "$POD_IP4" 5000)" "$NODE_IP4" "and an IPv4 client"
stop
done_testing
