# SPDX-License-Identifier: MIT
"""tornado-peer.py PORT [ADDRESS]: two processes that answer with the client's address."""

import asyncio
import sys

import tornado.httpserver
import tornado.netutil
import tornado.process
import tornado.web


class Peer(tornado.web.RequestHandler):
    def get(self):
        self.write(self.request.remote_ip)


async def serve(sockets):
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", Peer)]))
    server.add_sockets(sockets)
    await asyncio.Event().wait()


sockets = tornado.netutil.bind_sockets(int(sys.argv[1]), *sys.argv[2:])
tornado.process.fork_processes(2)
asyncio.run(serve(sockets))
