"""The memory of a step, against what can be computed by hand."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from mmchan.measure.memory import step_memory

BATCH, CHANNELS, SIDE = 2, 8, 32
MAP = BATCH * CHANNELS * SIDE * SIDE * 4  # bytes of a map in fp32


class Chain(nn.Module):
    """Sigmoids one after another: each keeps its output."""

    def __init__(self, length: int, *, again: bool = False) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.layers = nn.Sequential(*(nn.Sigmoid() for _ in range(length)))
        self.again = again

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x * self.scale
        return checkpoint(self.layers, x, use_reentrant=False) if self.again else self.layers(x)


def images() -> torch.Tensor:
    return torch.rand(BATCH, CHANNELS, SIDE, SIDE)


def test_kept_is_what_the_layers_save():
    kept, peak = step_memory(Chain(5), images())
    assert 5 * MAP <= kept < 5.1 * MAP
    assert kept < peak < 8 * MAP


def test_what_is_computed_again_is_not_kept():
    kept, peak = step_memory(Chain(5, again=True), images())
    assert MAP <= kept < 2.1 * MAP
    assert peak > 5 * MAP
