# SPDX-License-Identifier: MIT
"""A REST server that is hard-coded to 0.0.0.0, as KServe's is.

rest.py PORT [WORKERS]: with more than one worker the parent binds an AF_INET
socket, listens on it, and gives it to processes that it forks.
`uvicorn rest:app` serves the same app. GET / answers with the client's address.
"""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

GREETING = ""  # a test edits this line, for --reload
app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
async def peer(request: Request):
    return GREETING + request.client.host


@app.get("/pid", response_class=PlainTextResponse)
async def pid():
    return str(os.getpid())


class Server:
    def __init__(self, port, sockets=None):
        self.sockets = sockets
        self.server = uvicorn.Server(uvicorn.Config(app, host="0.0.0.0", port=port))

    def run(self):
        asyncio.run(self.server.serve(sockets=self.sockets))


def serve_with_workers(port, workers):
    shared = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.bind(("0.0.0.0", port))
    shared.listen(5)
    fork = multiprocessing.get_context("fork")
    server = Server(port, [shared])
    children = [fork.Process(target=server.run) for _ in range(workers)]
    for child in children:
        child.start()
    signal.signal(signal.SIGTERM, lambda *_: [child.terminate() for child in children])
    for child in children:
        child.join()


if __name__ == "__main__":
    port = int(sys.argv[1])
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if workers == 1:
        Server(port).run()
    else:
        serve_with_workers(port, workers)
