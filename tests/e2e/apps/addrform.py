# SPDX-License-Identifier: MIT
"""addrform.py: the family of an accepted IPv4 connection, once it is told to be AF_INET."""

import socket

IPV6_ADDRFORM = 1

with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
    with socket.create_connection(("127.0.0.1", server.getsockname()[1])):
        accepted, _peer = server.accept()
        accepted.setsockopt(socket.IPPROTO_IPV6, IPV6_ADDRFORM, socket.AF_INET)
        print(socket.AddressFamily(accepted.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)).name)
        accepted.close()
