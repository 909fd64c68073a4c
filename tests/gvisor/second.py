#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTP server at 0.0.0.0:8080; a second one is to be started beside it, in a process
of its own, and says how that went."""
import errno
import http.server
import socket
import subprocess
import sys


def listen():
    server = socket.socket()
    if "reuse" in sys.argv:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", 8080))
    server.listen(8)
    return server


if "second" in sys.argv:
    try:
        listen()
        print("second: listens", flush=True)
    except OSError as error:
        print("second:", errno.errorcode[error.errno], flush=True)
    sys.exit()
first = http.server.HTTPServer(("0.0.0.0", 8080), http.server.SimpleHTTPRequestHandler, bind_and_activate=False)
first.socket = listen()
first.server_activate()
subprocess.run([sys.executable, __file__, *sys.argv[1:], "second"], check=True)
first.serve_forever()
