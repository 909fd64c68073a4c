# SPDX-License-Identifier: MIT
"""What the dual-stack matrix and the stranger's cases share."""
import errno
import os
import re
import socket
import subprocess

BARE = {"PATH": os.environ["PATH"]}  # for helpers that must not be shimmed


def fresh(address, only, options):
    """A socket for the address, with what a program sets before bind."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(2)
    for option in options:
        made.setsockopt(socket.SOL_SOCKET, option, 1)
    if family == socket.AF_INET6 and only:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def outcome(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "ok"


def state(sock):
    """What the program itself can see of its socket."""
    seen = [sock.getsockname(), sock.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)]
    for option in socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_ACCEPTCONN:
        seen.append(sock.getsockopt(socket.SOL_SOCKET, option))
    try:
        seen.append(sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
    except OSError as error:
        seen.append(errno.errorcode[error.errno])
    return " ".join(str(each) for each in seen)


def listeners(port):
    """What the kernel says: address, backlog, v6only, one line each."""
    lines = subprocess.run(["ss", "-Hltne", f"sport = :{port}"], env=BARE, check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return sorted(f"{line.split()[3]} backlog={line.split()[2]} "
                  + "".join(re.findall(r"v6only:\d", line)) for line in lines)
