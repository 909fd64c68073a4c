# SPDX-License-Identifier: MIT
"""ftp-dialog.py HOST PORT: what a server answers until it ends the connection, with numbers
that may differ left out."""
import re
import socket
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])


def connect(port):
    return socket.create_connection((HOST, port), timeout=10)


def answer(lines):
    """Which of its processes notices first that another one has ended may differ too."""
    try:
        line = lines.readline().rstrip()
    except ConnectionResetError:
        line = ""
    if line.startswith("500 OOPS"):
        line = ""
    print(re.sub(r"\d+(?=\D*$)", "N", line) if line.startswith("229") else line)
    return line


with connect(PORT) as control, control.makefile("r") as lines:
    answer(lines)
    for command in ("USER anonymous", "PASS a@example", "PWD", "TYPE I", "EPSV", "EPSV", "SIZE file", "QUIT"):
        control.sendall(command.encode() + b"\r\n")
        print(">", command)
        said = answer(lines)
        passive = re.match(r"229 .*\|(\d+)\|", said)
        if passive:
            connect(int(passive.group(1))).close()
        if not said:
            break
