"""Work-arounds for samplers, loaders and process groups."""

import contextlib
from collections.abc import Iterator
from unittest import mock


@contextlib.contextmanager
def as_one_process() -> Iterator[None]:
    """Let samplers be built as in a run of a single process.

    For: every mmengine; its samplers ask for rank and number of processes themselves and take no others.

    Can go: when the samplers take them as arguments.
    """
    import mmengine.dist.utils

    with mock.patch.object(mmengine.dist.utils, 'is_distributed', return_value=False):
        yield


@contextlib.contextmanager
def loaders_not_started() -> Iterator[None]:
    """Let MMEngine build its loop without epochs and not start the loader's workers.

    For: mmengine 0.10, whose ``IterBasedTrainLoop`` begins to load in its ``__init__``, before a checkpoint
    says where.

    Can go: when the loop takes its iterator in ``run``.
    """
    from mmengine.runner import loops

    with mock.patch.object(loops, '_InfiniteDataloaderIterator'):
        yield


@contextlib.contextmanager
def process_group_on_cpu(launcher: str, **dist_cfg: object) -> Iterator[None]:
    """Hold a gloo process group open for a Runner on machines without an accelerator.

    For: mmengine 0.10, whose ``init_dist`` selects a CUDA device for every launcher and dies with
    "Found no NVIDIA driver". The Runner leaves a process group alone that it finds open.

    Can go: when mmengine's ``init_dist(launcher, backend='gloo')`` works on a machine without a GPU.

    Args:
        launcher: 'pytorch', 'slurm' or 'mpi'.
        dist_cfg: The config's ``env_cfg.dist_cfg``; its backend is ignored.
    """
    import torch
    from mmengine.dist import init_dist

    if torch.multiprocessing.get_start_method(allow_none=True) is None:
        # the Runner's default, which it sets itself after warning of the one that init_dist would set
        torch.multiprocessing.set_start_method('fork')
    with mock.patch.object(torch.cuda, 'set_device'):
        init_dist(launcher, **{**dist_cfg, 'backend': 'gloo'})
    try:
        yield
        # A thread of gloo that still holds the tensors of the last collective when Python shuts down aborts
        # the process. A process without anything left to do ran into that; now it waits for the others.
        torch.distributed.barrier()
    finally:
        torch.distributed.destroy_process_group()


def wrapper_on_cpu(model_wrapper_cfg: dict | None, *, find_unused_parameters: bool = False) -> dict:
    """The config of a data-parallel wrapper that works without a GPU.

    For: mmengine 0.10, which passes ``device_ids=[LOCAL_RANK]`` to DistributedDataParallel also for
    modules on the CPU, where torch allows none.

    Can go: together with :func:`process_group_on_cpu`.

    Args:
        model_wrapper_cfg: What the config says about the wrapper; None where it says nothing.
        find_unused_parameters: The config's field of this name, which MMEngine reads for None only.
    """
    defaults = {'type': 'MMDistributedDataParallel', 'broadcast_buffers': False}
    defaults['find_unused_parameters'] = find_unused_parameters
    return {**(model_wrapper_cfg or defaults), 'device_ids': None}
