"""Small sweeps of trials that train nothing."""

from functools import partial
from pathlib import Path

from mmchan.design import spaces
from mmchan.design.sweeps.pools import open_pool
from mmchan.design.sweeps.running import run_sweep
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.sweeps.table import read_table, without_times
from mmchan.design.trials import Task
from tests.design.sweeps import trial_functions

SPACE = {'name': 'anynetx_a', 'macs': (0.36e6, 0.44e6), 'resolution': 8, 'num_classes': 10}


def sweep(**changes) -> Sweep:
    """Eight networks, two epochs."""
    training = {'train': 'digits.py', 'config': {'model': {'depth': 3}}, 'text': 'depth = 3'}
    settings = {'name': 'small', 'count': 8, 'epochs': 2, **training}
    return Sweep(**{'space': spaces.get(**SPACE), **settings, **changes})


def task(name: str, *, seed: int = 0) -> Task:
    """A trial that does what its name says."""
    return Task(trial=name, arch={}, seed=seed, epochs=2, config={}, objective='accuracy/top1')


def function(name: str) -> str:
    """A function of ours as a pool takes it."""
    return f'{trial_functions.HERE}:{name}'


def pool_of(folder: Path, kind: str = 'here', *, trials: str = 'drawn', timeout: float = 60, **options):
    """What opens a pool of ours."""
    return partial(open_pool, kind, folder, timeout=timeout, function=function(trials), **options)


def ran(folder: Path, kind: str = 'here', *, given: Sweep | None = None, trials: str = 'drawn', **options):
    """Run a sweep; its rows without times, in the order of the file."""
    retry = options.pop('retry_failed', False)
    workers = pool_of(folder, kind, trials=trials, **options)
    run_sweep(given or sweep(), folder, workers=workers, retry_failed=retry)
    return [without_times(row) for row in read_table(folder / 'trials.jsonl').rows]
