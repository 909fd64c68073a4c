# SPDX-License-Identifier: MIT
"""triton-app.py: a model that doubles. triton-app.py ADDRESS:PORT: asks it by gRPC."""

import sys

import numpy


def double(requests):
    return [{"doubled": 2 * request.data["number"]} for request in requests]


def serve():
    from pytriton.model_config import ModelConfig, Tensor
    from pytriton.triton import Triton

    with Triton() as triton:
        triton.bind(
            model_name="double",
            infer_func=double,
            inputs=[Tensor(name="number", dtype=numpy.float32, shape=(1,))],
            outputs=[Tensor(name="doubled", dtype=numpy.float32, shape=(1,))],
            config=ModelConfig(max_batch_size=4),
        )
        triton.serve()


def ask(server):
    from tritonclient.grpc import InferenceServerClient, InferInput

    number = InferInput("number", [1, 1], "FP32")
    number.set_data_from_numpy(numpy.array([[21]], dtype=numpy.float32))
    assert InferenceServerClient(server).infer("double", [number]).as_numpy("doubled")[0][0] == 42


ask(sys.argv[1]) if len(sys.argv) > 1 else serve()
