"""Necks that mmpretrain's classifiers lack."""

import torch
from mmengine.model import BaseModule
from torch import nn

from mmchan.errors import require
from mmchan.registry import MODELS


@MODELS.register_module()
class PoolDropout(BaseModule):
    """Global average pooling, then dropout: ReXNet's way to a linear head.

    Maps a tuple of (N, C, H, W) to a tuple of (N, C).

    Args:
        dropout_rate: Share of the pooled channels that training drops, in [0, 1).

    Raises:
        InputError: For a rate outside its range.

    Source: arXiv:2007.00992, appendix (dropout 0.2); the authors' code.
    """

    def __init__(self, dropout_rate: float = 0.2) -> None:
        super().__init__()
        require(0 <= dropout_rate < 1, 'dropout_rate', 'within [0, 1)', dropout_rate)
        self.dropout = nn.Dropout(dropout_rate)

    def forward(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        return tuple(self.dropout(x.mean((2, 3))) for x in inputs)
