# SPDX-License-Identifier: MIT
"""kserve-grpc.py ADDRESS:PORT: an inference by the v2 protocol; prints the class."""

import asyncio
import sys

import numpy
from kserve import InferInput, InferRequest
from kserve.inference_client import InferenceGRPCClient


async def main(server):
    async with InferenceGRPCClient(url=server) as client:
        assert await client.is_server_ready()
        rows = InferInput(name="input-0", shape=[1, 4], datatype="FP64")
        rows.set_data_from_numpy(numpy.array([[6.8, 2.8, 4.8, 1.4]]), binary_data=False)
        answer = await client.infer(InferRequest(model_name="iris", infer_inputs=[rows]))
        print(int(answer.outputs[0].as_numpy()[0]))


asyncio.run(main(sys.argv[1]))
