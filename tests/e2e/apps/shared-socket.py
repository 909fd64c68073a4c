# SPDX-License-Identifier: MIT
"""shared-socket.py tcp|udp PORT WORD...: a server whose socket two processes hold.

The parent serves at the port, on 0.0.0.0, and answers "parent"; what its child does there
is told by the WORDs:

    child-binds    the child binds the socket that the parent made before
    child-execs    the same, after it has executed another program
    child-serves   the parent binds and listens, and the child serves ("child")
    child-ipv6     the parent serves, and the child binds :: at the same port
    parent-ipv6    the child serves, and the parent binds :: at the same port
    child-own      the child makes a socket of its own, binds it and serves
    alone          there is no child: the process makes a socket and binds it
    drop           whoever is the child, or alone, becomes nobody before it binds, and
                   after it has made its socket where it is not "child-own"
    inheritable    the socket is not closed on exec
"""
import os
import socket
import sys
import time

kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
port, words = int(sys.argv[2]), sys.argv[3:]


def drop():
    if "drop" in words:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)


def made(family=socket.AF_INET):
    one = socket.socket(family, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.set_inheritable("inheritable" in words or "child-execs" in words)
    return one


def bind(one, host="0.0.0.0"):
    one.bind((host, port))
    return one


def listen(one):
    if kind == socket.SOCK_STREAM:
        one.listen()
    return one


def serve(one, name):
    while kind == socket.SOCK_STREAM:
        client, _ = one.accept()
        client.recv(4096)
        body = name.encode()
        client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        client.close()
    while True:
        _, peer = one.recvfrom(4096)
        one.sendto(name.encode(), peer)


def stay():
    while True:
        time.sleep(600)


def in_child(work):
    """Returns when the child has come to an end of WORK, and stays."""
    done, tell = os.pipe()
    os.set_inheritable(tell, True)
    if os.fork() == 0:
        work(tell)
    os.close(tell)
    if os.read(done, 1) != b"+":
        sys.exit("the child has failed")


def child_binds(one, tell):
    drop()
    if "child-execs" in words:
        code = "import os, socket, sys, time; " \
               "one = socket.socket(fileno=int(sys.argv[1])); " \
               "one.bind(('0.0.0.0', int(sys.argv[2]))); os.write(int(sys.argv[3]), b'+'); time.sleep(600)"
        os.execv(sys.executable, [sys.executable, "-c", code, str(one.fileno()), str(port), str(tell)])
    bind(one)
    os.write(tell, b"+")
    stay()


def child_serves(one, tell):
    drop()
    if "child-own" in words:
        one = listen(bind(made()))
    os.write(tell, b"+")
    serve(one, "child")


def child_ipv6(tell):
    kept = made(socket.AF_INET6)
    drop()
    listen(bind(kept, "::"))
    os.write(tell, b"+")
    stay()
    kept.close()


if "alone" in words:
    one = made()
    drop()
    serve(listen(bind(one)), "alone")
elif "child-own" in words:
    in_child(lambda tell: child_serves(None, tell))
    stay()
elif "child-binds" in words or "child-execs" in words:
    one = made()
    in_child(lambda tell: child_binds(one, tell))
    serve(listen(one), "parent")
elif "child-ipv6" in words:
    one = listen(bind(made()))
    in_child(child_ipv6)
    serve(one, "parent")
else:
    one = listen(bind(made()))
    in_child(lambda tell: child_serves(one, tell))
    if "parent-ipv6" in words:
        kept = listen(bind(made(socket.AF_INET6), "::"))
    stay()
