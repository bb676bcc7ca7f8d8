"""Data loaders whose samples do not depend on who loads them, nor on what was loaded before."""

import functools
import signal
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

import torch
from mmengine.dataset import DefaultSampler
from mmengine.dist import get_dist_info
from mmengine.registry import DATA_SAMPLERS
from torch.utils.data import BatchSampler, DataLoader, Sampler

from mmchan import compat
from mmchan.data.order import EvaluationBatches, GlobalBatches, Share
from mmchan.data.seeding import seed_samples
from mmchan.errors import require

_GRACE = 20  # seconds that a worker goes on after a SIGTERM
_REQUESTS = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1}
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
    loader.worker_init_fn = functools.partial(_begin_worker, then=loader.worker_init_fn)
    _start_workers_undisturbed(loader)
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
    make = _maker(loader, cfg, seed=seed, processes=processes, endless=endless)
    batches = GlobalBatches(make, seed=seed, share=Share(rank, processes), endless=endless)
    return _with_batches(loader, batches)


def counted_once(loader: DataLoader, cfg: Mapping) -> DataLoader:
    """A loader for an evaluation that counts every sample once, however many processes share it.

    Samplers with an order of their own, such as mmdet's for videos, are left alone.

    Args:
        loader: A loader of :func:`independent`.
        cfg: The config that it was built from.
    """
    rank, processes = get_dist_info()
    if processes == 1 or cfg.get('batch_sampler') or not isinstance(loader.sampler, DefaultSampler):
        return loader
    with compat.as_one_process():
        sampler = DATA_SAMPLERS.build(cfg['sampler'], default_args={'dataset': loader.dataset, 'seed': 0})
    batches = BatchSampler(sampler, _times(cfg.get('batch_size', 1), processes), drop_last=loader.drop_last)
    return _with_batches(loader, EvaluationBatches(batches, Share(rank, processes)))


def with_total_batch(cfg: Mapping, total: int | None) -> Mapping:
    """A loader's config whose batches have ``total`` samples together, whatever the number of processes.

    Args:
        cfg: The config of a loader.
        total: Samples of a batch of all processes; None leaves the config as it is.

    Raises:
        InputError: Where the processes cannot share as many equally.
    """
    if total is None:
        return cfg
    processes = get_dist_info()[1]
    fits = isinstance(total, int) and total > 0 and total % processes == 0
    require(fits, 'runtime_cfg.total_batch_size', f'a multiple of the {processes} processes', total)
    return {**cfg, 'batch_size': total // processes}


def _with_batches(loader: DataLoader, batches: GlobalBatches | EvaluationBatches) -> DataLoader:
    """A copy of a loader with another sampler of batches."""
    settings = {name: getattr(loader, name) for name in _SETTINGS}
    ordered = DataLoader(loader.dataset, batch_sampler=batches, generator=loader.generator, **settings)
    # hooks ask the loader for them, and torch forgets both where there is a batch sampler
    vars(ordered).update(batch_size=batches.batch_size, sampler=batches.sampler)
    _start_workers_undisturbed(ordered)
    return ordered


def _start_workers_undisturbed(loader: DataLoader) -> None:
    """Let requests to stop wait while workers start: one that has not begun yet would end by them."""
    start = loader._get_iterator

    def start_undisturbed() -> Iterator:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _REQUESTS)
        try:
            return start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    loader._get_iterator = start_undisturbed


def _begin_worker(number: int, *, then: Callable[[int], None] | None) -> None:
    """Let a worker go on where its whole job is asked to stop: what it loads is still needed."""
    for request in (signal.SIGINT, signal.SIGUSR1):
        signal.signal(request, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _go_on_for_a_while)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _REQUESTS)
    if then is not None:
        then(number)


def _go_on_for_a_while(number: int, frame: FrameType | None) -> None:
    """Signal handler: a SIGTERM may be the whole job's, or the owner's, who then waits for the end."""
    signal.signal(number, signal.SIG_DFL)
    signal.alarm(_GRACE)


def end_workers(loader: DataLoader) -> None:
    """End the workers that a loader keeps between its epochs, as they end after the last sample."""
    iterator, loader._iterator = loader._iterator, None
    if hasattr(iterator, '_shutdown_workers'):
        iterator._shutdown_workers()


def reseed(loader: DataLoader, seed: int) -> None:
    """Give a loader of :func:`independent` or :func:`in_global_order` another seed."""
    seed_samples(loader.dataset, seed)
    if isinstance(loader.batch_sampler, GlobalBatches):
        loader.batch_sampler.seed = seed


def _maker(
    loader: DataLoader, cfg: Mapping, *, seed: int, processes: int, endless: bool
) -> Callable[[], BatchSampler]:
    """Makes the sampler of batches of a config, as for a single process with the total batch."""
    given = cfg.get('sampler')
    kind = "a dict such as dict(type='DefaultSampler', shuffle=True), which mmchan.ExactRunner repeats"
    require(isinstance(given, Mapping), 'sampler of a data loader', kind, given)
    sampler_cfg = dict(given)
    if 'batch_size' in sampler_cfg:  # it mixes the batches from several data sets
        sampler_cfg['batch_size'] = _times(sampler_cfg['batch_size'], processes)

    def sampler() -> Sampler:
        return DATA_SAMPLERS.build(sampler_cfg, default_args={'dataset': loader.dataset, 'seed': seed})

    # those without an end are iterators themselves: only a new one begins at the beginning
    kept = None
    if not endless:
        with compat.as_one_process():
            kept = sampler()
    total = _times(cfg.get('batch_size', 1), processes)
    batch_sampler = cfg.get('batch_sampler')

    def make() -> BatchSampler:
        with compat.as_one_process():
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
