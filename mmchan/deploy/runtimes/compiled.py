"""PyTorch, compiled by Inductor: half a minute at the first call of every size."""

import torch
from torch import nn

from mmchan.deploy.folding import fold
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.pytorch import torch_session
from mmchan.deploy.runtimes.session import Session


def open_module(module: nn.Module, metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """A folded copy of the module, its weights frozen, called through a wrapper in C++."""
    folded = fold(module, metadata).to(memory_format=torch.channels_last)
    options = {'freezing': True, 'cpp_wrapper': True}
    compiled = torch.compile(folded, dynamic=False, options=options)
    return torch_session(
        'compiled', compiled, metadata, threads=threads, precision=precision, channels_last=True
    )
