# SPDX-License-Identifier: MIT
"""A model server, as far as the network sees one: GET answers at once, POST
reads its body and takes 10 ms."""

import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0.010)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"13")]})
    await send({"type": "http.response.body", "body": b"hello, world\n"})
