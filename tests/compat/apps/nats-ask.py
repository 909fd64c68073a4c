# SPDX-License-Identifier: MIT
"""nats-ask.py HOST PORT: one client asks, another answers, through a NATS server."""
import asyncio
import sys

import nats


async def main(url):
    asking, answering = [await nats.connect(url, allow_reconnect=False) for _ in range(2)]

    async def answer(message):
        await message.respond(b"to " + message.data)

    await answering.subscribe("asked", cb=answer)
    await answering.flush()
    got = await asking.request("asked", b"me", timeout=5)
    assert got.data == b"to me", got.data
    await asking.close()
    await answering.close()


asyncio.run(main(f"nats://{sys.argv[1]}:{sys.argv[2]}"))
