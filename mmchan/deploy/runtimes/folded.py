"""PyTorch without BatchNorm, channels last."""

import torch
from torch import nn

from mmchan.deploy.folding import fold
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.pytorch import torch_session
from mmchan.deploy.runtimes.session import Session


def open_module(module: nn.Module, metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """A copy of the module with its normalisation folded into the convolutions."""
    folded = fold(module, metadata).to(memory_format=torch.channels_last)
    return torch_session('folded', folded, metadata, threads=threads, precision=precision, channels_last=True)
