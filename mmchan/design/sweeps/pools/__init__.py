"""Pools of workers: in this process, on this machine, on Ray."""

import importlib.util
import os
from pathlib import Path

from mmchan.design.sweeps.pools.attempt import CAUSES, Attempt
from mmchan.design.sweeps.pools.pool import Pool, WorkersLostError
from mmchan.errors import InputError, require, require_known

KINDS = ('auto', 'ray', 'processes', 'here')
RUN_TRIAL = 'mmchan.design.trials:run_trial'

__all__ = ['CAUSES', 'KINDS', 'RUN_TRIAL', 'Attempt', 'Pool', 'WorkersLostError', 'open_pool']


def open_pool(
    kind: str,
    folder: Path,
    *,
    timeout: float,
    workers: int | None = None,
    address: str | None = None,
    gpus: float = 0,
    function: str = RUN_TRIAL,
) -> Pool:
    """Workers for trials, to be used in a ``with`` block.

    Args:
        kind: 'ray'; 'processes' of this machine; 'here' for none, in this process; 'auto' for Ray where it is
            installed, else processes.
        folder: Where processes write what they say.
        timeout: Seconds that a trial may take; 'here' lets it take longer.
        workers: Their number; by default as many as there are cores, or room for on a cluster.
        address: Of a cluster of Ray; None for this machine.
        gpus: GPUs for each trial; a fraction lets several share one, 0 shows them none.
        function: What runs a trial, as 'module:name'.

    Raises:
        InputError: For what does not go together, a missing Ray, an unreachable cluster.
    """
    require_known(kind, KINDS, 'pool')
    require(0 <= gpus <= 1 or gpus == int(gpus), '--gpus', 'a fraction of a GPU, or whole ones', gpus)
    if kind == 'auto':
        kind = 'ray' if address or importlib.util.find_spec('ray') else 'processes'
    if address and kind != 'ray':
        raise InputError(f'--address is that of a cluster of Ray; --pool {kind} runs on this machine')
    if kind == 'here':
        return _here(function, workers)
    if kind == 'ray':
        from mmchan.design.sweeps.pools.on_ray import OnRay

        workers = workers if address or gpus else workers or cores()
        return OnRay(function, timeout=timeout, workers=workers, address=address, gpus=gpus)
    return _processes(function, folder, workers=workers, timeout=timeout, gpus=gpus)


def _here(function: str, workers: int | None) -> Pool:
    from mmchan.design.sweeps.pools.in_process import InProcess

    require(workers in (None, 1), '--workers', '1 with --pool here', workers)
    return InProcess(function)


def _processes(function: str, folder: Path, *, workers: int | None, timeout: float, gpus: float) -> Pool:
    from mmchan.design.sweeps.pools.processes import Processes

    environments = _environments(gpus) if gpus else [{'CUDA_VISIBLE_DEVICES': ''}] * (workers or cores())
    if len(environments) < (workers or 1):
        raise InputError(
            f'--workers must be at most {len(environments)}: so many have {gpus:g} GPUs each, got {workers}'
        )
    environments = environments[:workers]
    logs = folder / 'workers'
    return Processes(function, logs, workers=len(environments), timeout=timeout, environments=environments)


def _environments(gpus: float) -> list[dict[str, str]]:
    """Which GPUs each worker sees."""
    visible = _visible_gpus()
    if gpus <= 1:
        shares = [gpu for gpu in visible for _ in range(int(1 / gpus))]
    else:
        size = int(gpus)
        shares = [','.join(visible[at : at + size]) for at in range(0, len(visible) - size + 1, size)]
    require(bool(shares), '--gpus', f'at most the {len(visible)} GPUs of this machine', gpus)
    return [{'CUDA_VISIBLE_DEVICES': share} for share in shares]


def _visible_gpus() -> list[str]:
    named = os.environ.get('CUDA_VISIBLE_DEVICES')
    if named is not None:
        return [name for name in named.split(',') if name]
    import torch

    return [str(number) for number in range(torch.cuda.device_count())]


def cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, 'sched_getaffinity', None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
