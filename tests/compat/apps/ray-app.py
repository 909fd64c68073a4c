# SPDX-License-Identifier: MIT
"""ray-app.py HOST PORT: a Ray of its own, and a deployment that tells its client's address."""

import sys

import ray
from ray import serve


@serve.deployment
class Double:
    async def __call__(self, request):
        return {"double": 2 * (await request.json())["number"], "peer": request.client.host}


ray.init(
    _node_ip_address="127.0.0.1", include_dashboard=False, num_cpus=2, object_store_memory=100_000_000, log_to_driver=False
)
serve.start(http_options={"host": sys.argv[1], "port": int(sys.argv[2])})
serve.run(Double.bind(), blocking=True)
