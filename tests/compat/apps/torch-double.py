# SPDX-License-Identifier: MIT
"""A model of TorchServe's that doubles a number, by PyTorch."""
import torch


class Double(torch.nn.Module):
    def forward(self, number):
        return number * 2


model = Double()


def handle(data, context):
    if data is None:
        return None
    numbers = torch.tensor([request["body"]["number"] for request in data], dtype=torch.float)
    return [{"double": number} for number in model(numbers).tolist()]
