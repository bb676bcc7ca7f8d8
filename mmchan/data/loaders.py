"""Data loaders whose samples do not depend on who loads them, nor on what was loaded before."""

from collections.abc import Callable, Mapping

import torch
from mmengine.dist import get_dist_info
from mmengine.registry import DATA_SAMPLERS
from torch.utils.data import BatchSampler, DataLoader, Sampler

from mmchan import compat
from mmchan.data.order import GlobalBatches, Share
from mmchan.data.seeding import seed_samples

# what a loader says of itself and its maker takes
_SETTINGS = (
    'num_workers',
    'collate_fn',
    'pin_memory',
    'timeout',
    'worker_init_fn',
    'multiprocessing_context',
    'prefetch_factor',
    'persistent_workers',
)


def independent(loader: DataLoader, seed: int) -> DataLoader:
    """Let a loader give the same samples whatever was drawn before it; changes and returns it.

    Args:
        loader: The loader.
        seed: The seed of the run.
    """
    # one that has none draws its workers' seed from the global generator whenever it is iterated over
    loader.generator = torch.Generator()
    if hasattr(loader.dataset, '__getitem__'):
        seed_samples(loader.dataset, seed)
    return loader


def in_global_order(loader: DataLoader, cfg: Mapping, *, seed: int, endless: bool) -> DataLoader:
    """A loader that gives this process its share of every global batch, see :mod:`mmchan.data.order`.

    Args:
        loader: A loader of :func:`independent`.
        cfg: The config that it was built from.
        seed: The seed of the run, the same in all processes.
        endless: The training has no epochs.
    """
    rank, processes = get_dist_info()
    with compat.as_one_process():
        make = _maker(loader, cfg, seed=seed, processes=processes, endless=endless)
        together = hasattr(make().sampler, 'source_ratio')  # its batches are mixed from several data sets
        share = Share(rank, processes, together)
        batches = GlobalBatches(make, seed=seed, share=share, endless=endless)
    settings = {name: getattr(loader, name) for name in _SETTINGS}
    ordered = DataLoader(loader.dataset, batch_sampler=batches, generator=loader.generator, **settings)
    # hooks ask the loader for them, and torch forgets both where there is a batch sampler
    vars(ordered).update(batch_size=batches.batch_size, sampler=batches.sampler)
    return ordered


def reseed(loader: DataLoader, seed: int) -> None:
    """Give a loader of :func:`independent` or :func:`in_global_order` another seed."""
    seed_samples(loader.dataset, seed)
    if isinstance(loader.batch_sampler, GlobalBatches):
        loader.batch_sampler.seed = seed


def _maker(
    loader: DataLoader, cfg: Mapping, *, seed: int, processes: int, endless: bool
) -> Callable[[], BatchSampler]:
    """Makes the sampler of batches of a config, as for a single process with the total batch."""

    def sampler() -> Sampler:
        with compat.as_one_process():
            return DATA_SAMPLERS.build(cfg['sampler'], default_args={'dataset': loader.dataset, 'seed': seed})

    # those without an end are iterators themselves: only a new one begins at the beginning
    kept = None if endless else sampler()
    total = _times(cfg['batch_size'], processes)
    batch_sampler = cfg.get('batch_sampler')

    def make() -> BatchSampler:
        ordered = sampler() if kept is None else kept
        if batch_sampler is None:
            return BatchSampler(ordered, total, drop_last=loader.drop_last)
        return DATA_SAMPLERS.build(batch_sampler, default_args={'sampler': ordered, 'batch_size': total})

    return make


def _times(batch_size: int | list[int], processes: int) -> int | list[int]:
    """The total batch of all processes; samplers of several data sets have one for each."""
    if isinstance(batch_size, int):
        return batch_size * processes
    return [size * processes for size in batch_size]
