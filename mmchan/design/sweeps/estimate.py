"""How long a sweep takes, from two trials: of the network with the fewest activations, and the most.

Time follows the activations better than the MACs (arXiv:2003.13678, section 5).
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mmchan.design.sweeps.plan import Trial, task_of
from mmchan.design.sweeps.pools import Attempt, Pool
from mmchan.design.sweeps.settings import Sweep
from mmchan.errors import InputError

QUICK = 30.0  # seconds that may be spent on a trial that is timed: as many of its epochs as fit
LONG = 60.0  # seconds from which on the start of a worker is no part worth mentioning


@dataclass(frozen=True)
class Timed:
    """A trial that was timed.

    Attributes:
        trial: Which one, with the epochs that it was given.
        seconds: How long it took.
    """

    trial: Trial
    seconds: float

    @property
    def activations(self) -> int:
        """Of its network."""
        return self.trial.network['activations']


@dataclass(frozen=True)
class Estimate:
    """How long a sweep takes.

    Attributes:
        timed: What it follows from, the fewest activations first.
        work: Seconds of all trials together.
        places: Trials at once.
    """

    timed: tuple[Timed, Timed]
    work: float
    places: int

    @property
    def seconds(self) -> float:
        """From the beginning to the end, if trials that run at once do not slow each other down."""
        return self.work / self.places


def extremes(trials: Sequence[Trial]) -> tuple[Trial, Trial]:
    """The trials of the networks with the fewest and the most activations, of those that train longest."""
    longest = max(trial.epochs for trial in trials)
    some = [trial for trial in trials if trial.epochs == longest]
    by_activations = sorted(some, key=lambda trial: trial.network['activations'])
    return by_activations[0], by_activations[-1]


def estimate(sweep: Sweep, trials: Sequence[Trial], pool: Pool) -> Estimate:
    """Time two trials, and conclude.

    Args:
        sweep: The sweep.
        trials: All that are to run.
        pool: What runs them.

    Raises:
        InputError: Where one of the two fails, with its traceback.
    """
    cheapest, dearest = extremes(trials)
    with tempfile.TemporaryDirectory() as place:
        # the first one starts a worker, which imports its libraries, hence counts only where that is nothing
        begin = _time(replace(cheapest, epochs=1), sweep, pool, Path(place, 'first'))
        if begin.seconds < LONG:
            begin = _time(replace(cheapest, epochs=1), sweep, pool, Path(place, 'epoch'))
        epochs = min(cheapest.epochs, max(1, int(QUICK / begin.seconds)))
        if epochs > 1:
            begin = _time(replace(cheapest, epochs=epochs), sweep, pool, Path(place, 'cheapest'))
        end = _time(replace(dearest, epochs=epochs), sweep, pool, Path(place, 'dearest'))
    return Estimate((begin, end), total(trials, begin, end), pool.places)


def total(trials: Sequence[Trial], cheapest: Timed, dearest: Timed) -> float:
    """Seconds of all trials, on the line through two.

    Args:
        trials: The trials.
        cheapest: What was timed of few activations.
        dearest: What was timed of many, for as many epochs.

    >>> from mmchan.design.sweeps.plan import Trial
    >>> some = {'name': '', 'index': 0, 'repeat': 0, 'budget': 'full', 'seed': 0}
    >>> one, two, three = (Trial(network={'activations': size}, epochs=2, **some) for size in (10, 20, 30))
    >>> total([one, two, three], Timed(one, 1.0), Timed(three, 2.0))
    4.5
    """
    activations = np.array([trial.network['activations'] for trial in trials], dtype=float)
    epochs = np.array([trial.epochs for trial in trials])
    line = [cheapest.activations, dearest.activations], [cheapest.seconds, dearest.seconds]
    return float((np.interp(activations, *line) * epochs / cheapest.trial.epochs).sum())


def _time(trial: Trial, sweep: Sweep, pool: Pool, folder: Path) -> Timed:
    pool.submit(task_of(trial, sweep, folder))
    done: list[tuple[object, Attempt]] = []
    while not done:
        done = pool.wait(1.0)
    ((_, found),) = done
    if found.cause:
        raise InputError(f'{_named(trial)} failed ({found.cause}): {found.message}\n{found.details}'.rstrip())
    return Timed(trial, max(found.seconds, 1e-6))


def _named(trial: Trial) -> str:
    return f'the trial of network {trial.network["id"]} ({trial.network["activations"]:,} activations)'
