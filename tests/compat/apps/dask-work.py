# SPDX-License-Identifier: MIT
"""dask-work.py ADDRESS: a worker joins a scheduler and computes for a client.

Prints the result, and the client's address as the scheduler sees it.
"""

import asyncio
import sys

from distributed import Client, Worker


async def main(scheduler):
    async with Worker(scheduler, nthreads=1, dashboard=False) as _:
        async with Client(scheduler, asynchronous=True) as client:
            result = await client.submit(lambda: 6 * 7)
            peers = await client.run_on_scheduler(
                lambda dask_scheduler: [c.comm.peer_address for c in dask_scheduler.client_comms.values()]
            )
            print(result, *(peer.rpartition(":")[0] for peer in peers))


asyncio.run(main(sys.argv[1]))
