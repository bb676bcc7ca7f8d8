"""What the runtimes that are PyTorch share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.session import Session


def torch_session(
    name: str,
    call: Callable[[torch.Tensor], Any],
    metadata: Metadata,
    *,
    threads: int | None,
    precision: str,
    channels_last: bool = False,
) -> Session:
    """A session that calls a function of tensors without gradients.

    Args:
        name: Of the runtime.
        call: From an input to an output, or to a tuple of them.
        metadata: Of the network.
        threads: That torch uses during a call; None leaves it.
        precision: 'fp32' or 'bf16', which is autocast.
        channels_last: Lay images out as (N, H, W, C) in memory.
    """

    def run(images: np.ndarray) -> tuple[np.ndarray, ...]:
        x = torch.from_numpy(images)
        if channels_last and not metadata.preprocessing:
            x = x.to(memory_format=torch.channels_last)
        autocast = torch.autocast('cpu', torch.bfloat16, enabled=precision == 'bf16')
        with torch.inference_mode(), limited(threads), autocast:
            outputs = call(x)
        several = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
        return tuple(as_array(one) for one in several)

    return Session(name, metadata, run)


def as_array(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's values; NumPy knows no bfloat16."""
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).cpu().numpy()


@contextmanager
def limited(threads: int | None) -> Iterator[None]:
    """Let torch use a number of threads for a while; None changes nothing."""
    before = torch.get_num_threads()
    if threads in (None, before):
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
