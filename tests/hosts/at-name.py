# SPDX-License-Identifier: MIT
"""at-name.py PATH [ask]: a service that echoes at the AF_UNIX names PATH.stream and PATH.dgram;
or its client, which waits until they are there."""
import os
import select
import socket
import sys
import time

PATH = sys.argv[1]


def bound(kind, path):
    made = socket.socket(socket.AF_UNIX, kind)
    made.bind(path)
    return made


def serve():
    stream, dgram = bound(socket.SOCK_STREAM, PATH + ".stream"), bound(socket.SOCK_DGRAM, PATH + ".dgram")
    stream.listen()
    while True:
        for ready in select.select([stream, dgram], [], [])[0]:
            if ready is stream:
                connection, _ = stream.accept()
                connection.sendall(connection.recv(100))
                connection.close()
            else:
                data, _, _, peer = dgram.recvmsg(100, 64)
                dgram.sendto(data, peer)


def ask(kind, path, own):
    for _ in range(100):
        client = bound(kind, own)
        try:
            client.connect(path)
            client.settimeout(5)
            client.send(b"hello")
            return "answered" if client.recv(100) == b"hello" else "was wrong"
        except (FileNotFoundError, ConnectionRefusedError):  # it is bound before it listens
            time.sleep(0.1)
        except OSError as error:
            return f"failed: {error}"
        finally:
            os.unlink(own)
    return "is not there"


if len(sys.argv) == 2:
    serve()
own = PATH + ".client"
print(
    f"stream {ask(socket.SOCK_STREAM, PATH + '.stream', own)}, datagram {ask(socket.SOCK_DGRAM, PATH + '.dgram', own)}"
)
