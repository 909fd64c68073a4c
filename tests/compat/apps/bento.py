# SPDX-License-Identifier: MIT
"""A BentoML service that doubles, and that tells its client's address."""

import bentoml


@bentoml.service
class Double:
    @bentoml.api
    def double(self, number: int) -> int:
        return 2 * number

    @bentoml.api
    def peer(self, ctx: bentoml.Context) -> str:
        return ctx.request.client.host
