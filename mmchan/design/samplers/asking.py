"""Who proposes the next networks: random search, or one of Optuna's samplers.

A sampler is asked for networks and told their errors. The same seed and the same errors, told in the same
order, give the same proposals; so a search that is taken up again needs nothing but its table of trials.
"""

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from mmchan.design.samplers.cube import Cube, population_of
from mmchan.design.spaces import Population, Space, explain, sample
from mmchan.errors import InputError, require_known
from mmchan.home import installing

if TYPE_CHECKING:
    import optuna

RANDOM = 'random'
# ours -> Optuna's class, and what it needs besides a seed
OPTUNAS: Mapping[str, tuple[str, Mapping[str, object]]] = MappingProxyType({
    'tpe': ('TPESampler', {'multivariate': False, 'constant_liar': True}),
    'gp': ('GPSampler', {}),
    'nsga2': ('NSGAIISampler', {'population_size': 20}),
})  # fmt: skip
SAMPLERS = (RANDOM, *OPTUNAS)
STARTUP = 10  # networks; Optuna's samplers learn from as many on
PATIENCE = 2000  # points in a row that are no new network, before a sampler counts as stuck
WORST = 1.0  # the error of a network that failed, and of a point that is none


class Sampler(ABC):
    """Proposes networks of a space, all different."""

    @abstractmethod
    def ask(self, count: int) -> Population:
        """The next networks.

        Raises:
            InputError: Where no further network is found.
        """

    @abstractmethod
    def tell(self, errors: Mapping[str, float]) -> None:
        """What the networks of the last question came to, by id; NaN for those that failed."""


def get(name: str, space: Space, *, seed: int = 0) -> Sampler:
    """A sampler by name.

    Args:
        name: 'random', or Optuna's 'tpe', 'gp' (a Gaussian process) or 'nsga2' (a genetic algorithm).
        space: What is searched.
        seed: >= 0.

    Raises:
        InputError: For an unknown name, or one of Optuna's where that is not installed.
    """
    require_known(name, SAMPLERS, 'sampler')
    if name == RANDOM:
        return RandomSampler(space, seed)
    if importlib.util.find_spec('optuna') is None:
        raise InputError(f"the sampler {name} is Optuna's: {installing('design')}, or take {RANDOM}")
    return OptunaSampler(name, space, seed=seed)


class RandomSampler(Sampler):
    """Random search: the population that a sweep of the same space and seed trains, in its order."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space, self.seed, self.asked = space, seed, 0
        self._drawn: Population | None = None

    def ask(self, count: int) -> Population:
        """The next networks of the population."""
        self.asked += count
        if self._drawn is None or len(self._drawn) < self.asked:
            self._drawn = sample(
                self.space, seed=self.seed, count=2 * self.asked
            )  # the first ones are the same
        return self._drawn.take(slice(self.asked - count, self.asked))

    def tell(self, errors: Mapping[str, float]) -> None:
        """Nothing is learnt."""


class OptunaSampler(Sampler):
    """One of Optuna's samplers on the cube of a space, and what came of its points.

    It begins with networks of random search, found a thousand points at a time: alone, it would spend
    hundreds of its own points, which are slow, on finding the first ones within narrow bands.

    A point outside of the constraints costs no training: the sampler is told how far outside it is, and asked
    again. A point that is a network which was proposed before is told that one's error.
    """

    def __init__(self, name: str, space: Space, *, seed: int, patience: int = PATIENCE) -> None:
        self.cube = Cube(space)
        self.seed, self.patience = seed, patience
        self.study = _study(name, seed)
        self._start = islice(self.cube.random_points(seed), STARTUP)
        self._open: dict[str, list[optuna.Trial]] = {}
        self._errors: dict[str, float] = {}

    def ask(self, count: int) -> Population:
        """Points of the sampler, until so many of them are new networks."""
        found: list[Population] = []
        misses = 0
        while len(found) < count:
            population = self._point()
            found += [population] if population else []
            misses = 0 if population else misses + 1
            if misses == self.patience:
                raise InputError(
                    f'{self.patience} points in a row were no new network of {self.cube.space.name}; '
                    f'{len(self._errors) + len(self._open)} were found before\n'
                    f'{explain(self.cube.space, seed=self.seed)}\n'
                    'Widen a constraint, or ask for fewer networks.'
                )
        return found[0].followed_by(*found[1:])

    def tell(self, errors: Mapping[str, float]) -> None:
        """Tell the sampler, in the order in which it proposed them."""
        for network, trials in self._open.items():
            error = errors[network]
            self._errors[network] = WORST if np.isnan(error) else float(error)
            for trial in trials:
                self.study.tell(trial, self._errors[network])
        self._open = {}

    def _point(self) -> Population | None:
        """One point; None where it is no network, or one that is known."""
        for start in self._start:
            self.study.enqueue_trial(dict(zip(self.cube.sides, start.tolist(), strict=True)))
            break
        trial = self.study.ask(_sides(self.cube.sides))
        draws = self.cube.draws(np.array([[trial.params[name] for name in self.cube.sides]]))
        excess = self.cube.excess(draws)[0]
        for check, distance in zip(self.cube.space.checks, excess.tolist(), strict=True):
            trial.set_constraint(check.label, distance)
        if (excess > 0).any():
            self.study.tell(trial, WORST)
            return None
        network = draws.network(0)
        if network.id in self._errors:
            self.study.tell(trial, self._errors[network.id])
            return None
        known = network.id in self._open
        self._open.setdefault(network.id, []).append(trial)
        return None if known else population_of(draws, {0: network})


def _study(name: str, seed: int) -> 'optuna.Study':
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # a line per point otherwise
    kind, arguments = OPTUNAS[name]
    sampler = getattr(optuna.samplers, kind)(seed=seed, **arguments)
    return optuna.create_study(sampler=sampler, direction='minimize')


def _sides(names: Sequence[str]) -> 'dict[str, optuna.distributions.BaseDistribution]':
    from optuna.distributions import FloatDistribution

    return {name: FloatDistribution(0, 1) for name in names}
