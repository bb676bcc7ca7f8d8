"""Is the learning rate for the batch that a config trains with?"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from mmchan.checks.config.parts import part, whole
from mmchan.findings import WARN, Finding

_IN_NAME = re.compile(r'_(\d+)xb(\d+)')


def check_batch(cfg: Mapping, processes: int = 0) -> Iterator[Finding]:
    """Check the samples behind an update of the weights against what the learning rate was chosen for.

    Args:
        cfg: The config of a training.
        processes: Processes that train together; 0 where that is not known: the number of the config's
            name, as in 'resnet50_8xb32_in1k', where it has one.
    """
    base = whole(part(cfg, 'auto_scale_lr').get('base_batch_size'))
    if not base or base < 1:
        return
    accumulated, (usual, samples) = _accumulated(cfg), _named(cfg)
    if usual and base not in (usual * samples, usual * samples * accumulated):
        yield _other_base(base, usual, samples)
        return
    batch = _batch(cfg, processes or usual)
    if batch:
        yield from _check_update(cfg, batch, base, processes or usual)


def _check_update(cfg: Mapping, batch: int, base: int, processes: int) -> Iterator[Finding]:
    accumulated = _accumulated(cfg)
    if part(cfg, 'auto_scale_lr').get('enable') is True:
        if accumulated > 1:
            yield _unseen_accumulation(batch, accumulated, base)
    elif batch * accumulated != base:
        yield _other_batch(batch, accumulated, base, processes)


def _named(cfg: Mapping) -> tuple[int, int]:
    """Processes, and samples of each one's batch, of a config's name; 0 and 0 where it has neither."""
    name = re.search(_IN_NAME, Path(getattr(cfg, 'filename', None) or '').stem)
    return (int(name[1]), int(name[2])) if name else (0, 0)


def _batch(cfg: Mapping, processes: int) -> int:
    """Samples of a batch of all processes; 0 where that is not known."""
    total = whole(part(cfg, 'runtime_cfg').get('total_batch_size'))
    return total or (whole(part(cfg, 'train_dataloader').get('batch_size')) or 0) * processes


def _accumulated(cfg: Mapping) -> int:
    return max(1, whole(part(cfg, 'optim_wrapper').get('accumulative_counts')) or 1)


def _other_base(base: int, processes: int, samples: int) -> Finding:
    what = (
        f"is {base}, but the config's name says {processes} x {samples} = {processes * samples} samples: "
        f'even there --auto-scale-lr would scale the learning rate by {_times(processes * samples, base)}'
    )
    remedy = 'set it to the batch that optim_wrapper.optimizer.lr was chosen for'
    return Finding(WARN, 'auto_scale_lr.base_batch_size', what, remedy)


def _unseen_accumulation(batch: int, accumulated: int, base: int) -> Finding:
    what = (
        f'scales the learning rate by {_times(batch, base)} for batches of {batch}, but '
        f'optim_wrapper.accumulative_counts={accumulated} makes it {batch * accumulated} per update: '
        f'{_times(batch * accumulated, base)} is right'
    )
    seen = Fraction(base, accumulated)
    remedy = f'set it to {seen}' if seen.denominator == 1 else 'leave it out and scale optimizer.lr yourself'
    return Finding(WARN, 'auto_scale_lr.base_batch_size', what, remedy)


def _other_batch(batch: int, accumulated: int, base: int, processes: int) -> Finding:
    total, factor = batch * accumulated, _times(batch * accumulated, base)
    parts = f'{processes} process{"es" if processes > 1 else ""}'
    parts += f', {accumulated} batches accumulated' if accumulated > 1 else ''
    what = f'the learning rate is for batches of {base}, an update here sees {total} ({parts})'
    own = f'multiply optim_wrapper.optimizer.lr by {factor}'
    remedy = f'{own}' if accumulated > 1 else f'pass --auto-scale-lr, or {own}'
    return Finding(WARN, 'train_dataloader.batch_size', what, remedy)


def _times(batch: int, base: int) -> str:
    return f'{Fraction(batch, base)}'
