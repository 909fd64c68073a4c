# SPDX-License-Identifier: MIT
"""fcgi-ask.py HOST PORT SCRIPT: asks a FastCGI server for SCRIPT, and prints the body."""

import socket
import struct
import sys

host, port, script = sys.argv[1:]
BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def record(kind, content):
    return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name.encode() + value.encode()


params = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "REQUEST_METHOD": "GET",
    "SCRIPT_FILENAME": script,
    "SCRIPT_NAME": "/",
}
with socket.create_connection((host, int(port)), 5) as connection:
    connection.sendall(
        record(BEGIN, struct.pack("!HB5x", 1, 0))
        + record(PARAMS, b"".join(pair(*p) for p in params.items()))
        + record(PARAMS, b"")
        + record(STDIN, b"")
    )
    answer, output, kind = connection.makefile("rb"), b"", None
    while kind != END:
        header = answer.read(8)
        if len(header) < 8:
            sys.exit("the server closed the connection")
        _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", header)
        content = answer.read(length)
        answer.read(padding)
        output += content if kind == STDOUT else b""
print(output.partition(b"\r\n\r\n")[2].decode())
