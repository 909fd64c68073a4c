# SPDX-License-Identifier: MIT
"""aiohttp-peer.py PORT [ADDRESS]: answers with the client's address."""

import sys

from aiohttp import web


async def peer(request):
    return web.Response(text=request.remote)


app = web.Application()
app.add_routes([web.get("/", peer)])
web.run_app(app, port=int(sys.argv[1]), host=sys.argv[2] if len(sys.argv) > 2 else None)
