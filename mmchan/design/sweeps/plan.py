"""Which trials a sweep consists of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.design.spaces import Population
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.trials import Task

FULL, SHORT = 'full', 'short'  # budgets
CHOICE = 1  # of the random numbers that choose who trains to the end


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One training of one network.

    Attributes:
        name: Unique in the sweep.
        index: Of the network in the population.
        network: What the population's file says of it.
        repeat: Which of its trainings, from 0.
        budget: 'full' or 'short'.
        epochs: Length.
        seed: Of its random numbers.
    """

    name: str
    index: int
    network: Mapping[str, object]
    repeat: int
    budget: str
    epochs: int
    seed: int


def trials_of(sweep: Sweep) -> int:
    """How many trials it will be."""
    short = 0 if sweep.full is None else len(_to_the_end(sweep, sweep.count))
    return sweep.repeats * (sweep.count + short)


def plan_trials(sweep: Sweep, population: Population, *, first: int = 0) -> list[Trial]:
    """The trials of networks in order: network by network, repeat by repeat, the short one first.

    Args:
        sweep: The sweep.
        population: Networks of it.
        first: Index of the first one among those of the sweep.
    """
    to_the_end = _to_the_end(sweep, len(population))
    trials = []
    for index, row in enumerate(population.rows(), start=first):
        network = json.loads(json.dumps(row))  # as the table says it: lists, no tuples
        for repeat in range(sweep.repeats):
            budgets = {FULL: sweep.epochs} if to_the_end is None or index in to_the_end else {}
            budgets = budgets if to_the_end is None else {SHORT: sweep.short_epochs, **budgets}
            for budget, epochs in budgets.items():
                trials.append(
                    Trial(
                        name=f'{network["id"]}-{repeat}' + f'-{SHORT}' * (budget == SHORT),
                        index=index,
                        network=network,
                        repeat=repeat,
                        budget=budget,
                        epochs=epochs,
                        seed=trial_seed(sweep.seed, network['id'], repeat),
                    )
                )
    return trials


def _to_the_end(sweep: Sweep, networks: int) -> set[int] | None:
    """Who trains to the end as well, where most do not: a random part."""
    if sweep.full is None:
        return None
    draw = np.random.default_rng(np.random.SeedSequence(sweep.seed, spawn_key=(CHOICE,)))
    count = max(1, round(sweep.full * networks))
    return set(draw.permutation(networks)[:count].tolist())


def trial_seed(seed: int, network: str, repeat: int) -> int:
    """The seed of a trial: a function of the sweep's, of the network and of the repeat alone.

    Args:
        seed: Of the sweep.
        network: Its id, in hexadecimal.
        repeat: From 0.

    Returns:
        An integer below 2 ** 31, which every library takes.
    """
    words = (int(network[:8], 16), int(network[8:], 16), repeat)
    state = np.random.SeedSequence(seed, spawn_key=words).generate_state(1)
    return int(state[0] >> 1)


def task_of(trial: Trial, sweep: Sweep, folder: Path) -> Task:
    """What a worker is given of a trial.

    Args:
        trial: The trial.
        sweep: Whose it is.
        folder: Of the sweep.
    """
    return Task(
        trial=trial.name,
        arch=trial.network['arch'],
        seed=trial.seed,
        epochs=trial.epochs,
        config=dict(sweep.config),
        objective=sweep.objective,
        higher_is_better=sweep.higher_is_better,
        path=sweep.path,
        test=sweep.test,
        folder=str((folder / 'trials' / trial.name).absolute()),
    )
