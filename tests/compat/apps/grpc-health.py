"""grpc-health.py ADDRESS:PORT: asks the standard health service, prints its answer."""

import sys

import grpc

with grpc.insecure_channel(sys.argv[1], [("grpc.enable_http_proxy", 0)]) as channel:
    answer = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=5)
    print({b"\x08\x01": "SERVING"}.get(answer, answer))
