"""PyTorch as it is: what all other runtimes are compared with."""

from torch import nn

from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.pytorch import torch_session
from mmchan.deploy.runtimes.session import Session


def open_module(module: nn.Module, metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """The module itself, in eval mode from now on."""
    return torch_session('eager', module.eval(), metadata, threads=threads, precision=precision)
