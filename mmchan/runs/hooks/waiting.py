"""Tells when training waits for data, and what to change."""

import os
from collections.abc import Iterator

from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmchan.data.faster import DECODER, has_decoder
from mmchan.errors import require, require_integer
from mmchan.registry import HOOKS
from mmchan.runs.hooks.paced import WINDOW, PacedHook


@HOOKS.register_module()
class WaitingHook(PacedHook):
    """Warn once per run when more than a share of the last 50 iterations was spent waiting for data.

    Args:
        share: The share of time, 0 to 1.
        warmup: Iterations after the start that do not count: workers start then.
    """

    def __init__(self, *, share: float = 1 / 3, warmup: int = 10) -> None:
        super().__init__()
        require(0 < share <= 1, 'runtime_cfg.waiting.share', 'above 0 and at most 1', share)
        require_integer(warmup, 'runtime_cfg.waiting.warmup', least=0)
        self.most, self.warmup = share, warmup
        self.warned = False

    def see_iteration(self, runner: Runner, batch_idx: int) -> None:
        """Look at the share as soon as enough iterations are there, then every 50."""
        counted = self.pace.iterations - self.warmup
        if self.warned or counted < WINDOW or counted % WINDOW:
            return
        share = self.pace.share()
        if share > self.most:
            self.warned = True
            runner.logger.warning(advice(share, runner.train_dataloader, cores=cores_per_process()))


def cores_per_process() -> int:
    """The cores that this process may use, shared with the others of this machine."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1
    return max(1, allowed // int(os.environ.get('LOCAL_WORLD_SIZE', '1')))


def advice(share: float, loader: DataLoader, *, cores: int) -> str:
    """What a training that waits may change.

    Args:
        share: The share of time that is spent waiting.
        loader: The loader that it waits for.
        cores: The cores for this process and its workers.
    """
    head = f'The last {WINDOW} iterations waited for data for {share:.0%} of their time. What may help:'
    return '\n'.join([head, *(f'  - {line}' for line in _advice(loader, cores))])


def _advice(loader: DataLoader, cores: int) -> Iterator[str]:
    workers = loader.num_workers
    if workers < cores:
        yield f'more workers: train_dataloader.num_workers is {workers}, there are {cores} cores'
    else:
        yield f'more cores: {workers} workers (train_dataloader.num_workers) share {cores}'
    if workers and not loader.persistent_workers:
        yield 'workers that live on: train_dataloader.persistent_workers=True; now they start at every epoch'
    if not has_decoder():
        yield f'a faster decoder of JPEG, which gives the same pixels: pip install {DECODER}'
    yield 'smaller images on disk, hardly larger than the pipeline resizes them to'
