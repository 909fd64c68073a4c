# SPDX-License-Identifier: MIT
"""udp-seen.py PORT [recvfrom|recvmsg [exec]]: a line for each datagram, with who is shown to
have sent it; the same is the answer. exec: by a process that got the socket by execve(2)."""
import os
import socket
import sys

port, way, how = [*sys.argv[1:], "recvfrom", ""][:3]
if how.isdigit():
    server = socket.socket(fileno=int(how))
else:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", int(port)))
if how == "exec":
    server.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, *sys.argv[:3], str(server.fileno())])
while True:
    data, *_, sender = server.recvfrom(2048) if way == "recvfrom" else server.recvmsg(2048)
    print(data.decode(), sender[0], flush=True)
    server.sendto(sender[0].encode(), sender)
