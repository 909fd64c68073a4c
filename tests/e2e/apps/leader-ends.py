# SPDX-License-Identifier: MIT
"""leader-ends.py PORT: a second thread holds a UDP socket at PORT; the first one ends.

The process is a zombie in /proc then, and holds the port all the same, as one for a
moment whose threads are killed.
"""
import ctypes
import signal
import socket
import sys
import threading

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
    holder.bind(("0.0.0.0", int(sys.argv[1])))
    threading.Thread(target=signal.pause).start()
    libc = ctypes.CDLL(None)
    libc.pthread_exit.argtypes = [ctypes.c_void_p]
    libc.pthread_exit(None)
