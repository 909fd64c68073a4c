# SPDX-License-Identifier: MIT
"""filtered.py COMMAND...: runs it where getsockopt(2) ends the process, but for the options
of SOL_SOCKET that node asks for by itself."""
import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
KILL_PROCESS, ALLOW = 0x80000000, 0x7FFF0000
GETSOCKOPT = {"x86_64": 55, "aarch64": 209}[os.uname().machine]
SOL_SOCKET, OWN = 1, (3, 4, 7, 8)  # SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER, LEVEL, NAME = 0, 24, 32  # in struct seccomp_data


def program():
    code = [(LOAD, 0, 0, NUMBER), (EQUAL, 0, len(OWN) + 4, GETSOCKOPT), (LOAD, 0, 0, LEVEL)]
    code += [(EQUAL, 0, len(OWN) + 1, SOL_SOCKET), (LOAD, 0, 0, NAME)]
    code += [(EQUAL, len(OWN) - i, 0, name) for i, name in enumerate(OWN)]
    code += [(RETURN, 0, 0, KILL_PROCESS), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *each) for each in code)


text = program()
instructions = ctypes.create_string_buffer(text, len(text))
libc = ctypes.CDLL(None, use_errno=True)
filter_of = struct.pack("@HP", len(text) // 8, ctypes.addressof(instructions))
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, filter_of, 0, 0):
    sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
