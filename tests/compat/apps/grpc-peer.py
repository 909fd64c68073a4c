# SPDX-License-Identifier: MIT
"""grpc-peer.py serve|ask ADDRESS:PORT: a method that answers with the caller's address."""

import signal
import sys
from concurrent import futures
from urllib.parse import unquote

import grpc


class Peer(grpc.GenericRpcHandler):
    def service(self, call):
        if call.method == "/peer.Peer/Tell":
            return grpc.unary_unary_rpc_method_handler(lambda _, context: unquote(context.peer()).encode())


def serve(address):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), handlers=(Peer(),))
    server.add_insecure_port(address)
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop(1))
    server.wait_for_termination()


def ask(address):
    with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
        print(channel.unary_unary("/peer.Peer/Tell")(b"", timeout=5).decode().rpartition(":")[0])


{"serve": serve, "ask": ask}[sys.argv[1]](sys.argv[2])
