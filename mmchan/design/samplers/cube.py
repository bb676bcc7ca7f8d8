"""The networks of a space as points of a cube: what a sampler that knows nothing of networks proposes.

Every number that a draw needs is one side of the cube, [0, 1). Points that are drawn uniformly make the
space's own law, so that a sampler which has learnt nothing yet searches as random search does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmchan.design.spaces import Population, Space
from mmchan.design.spaces.constraints import Band
from mmchan.design.spaces.draws import BLOCK, Draws, coordinates, draws_at
from mmchan.design.spaces.network import Realised
from mmchan.design.spaces.population import COSTS, stage_columns
from mmchan.errors import require

BELOW_ONE = 1 - 2.0**-53
MIDDLE = 0.5  # of the sides along which nothing changes
START = 1  # of the random numbers of a search's first points
MOST_MISSES = 50  # blocks of points
OUTSIDE = 1.0  # how far a draw counts as outside a constraint that is no band


@dataclass(frozen=True, eq=False)
class Cube:
    """The cube of a space.

    Attributes:
        space: Without measured constraints: a search measures what it trains.
    """

    space: Space

    def __post_init__(self) -> None:
        measured = [one.label for one in self.space.measured]
        require(not measured, f'constraints of {self.space.name}', 'none that is measured', measured)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Names of the sides along which networks differ."""
        return tuple(name for name, varies in coordinates(self.space).items() if varies)

    def random_points(self, seed: int) -> Iterator[np.ndarray]:
        """Points inside all constraints, (sides,), uniform among these; it ends where there seem to be none.

        Args:
            seed: Of the points.
        """
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(START,)))
        misses = 0
        while misses < MOST_MISSES:
            points = rng.random((BLOCK, len(self.sides)))
            inside = (self.excess(self.draws(points)) <= 0).all(axis=1)
            misses = 0 if inside.any() else misses + 1
            yield from points[inside]

    def draws(self, points: np.ndarray) -> Draws:
        """The draws at points, whether the constraints let them pass or not.

        Args:
            points: (N, sides), in [0, 1].
        """
        varies = np.array(list(coordinates(self.space).values()))
        uniforms = np.full((len(varies), len(points)), MIDDLE)
        uniforms[varies] = np.clip(points, 0, BELOW_ONE).T
        return draws_at(self.space, uniforms)

    def excess(self, draws: Draws) -> np.ndarray:
        """How far each draw is outside of each constraint, (N, constraints), <= 0 inside.

        Outside a band of a number, it is the logarithm of the ratio to the end that is passed; so a sampler
        sees which way is better. Behind the first constraint that a draw fails nothing is asked.
        """
        checks = self.space.checks
        excess = np.zeros((len(draws), len(checks)))
        left = np.arange(len(draws))
        for column, check in enumerate(checks):
            if len(left):
                some = draws.take(left)
                passes = check.passes(some)
                excess[left, column] = np.where(passes, 0, _distance(check, some))
                left = left[passes]
        return excess


def _distance(check: object, draws: Draws) -> np.ndarray:
    if not isinstance(check, Band):
        return np.full(len(draws), OUTSIDE)
    values = draws.column(check.of).astype(float)
    with np.errstate(divide='ignore', invalid='ignore'):
        above = np.log(values / check.high) if np.isfinite(check.high) else np.zeros(len(draws))
        below = np.log(check.low / values) if np.isfinite(check.low) else np.zeros(len(draws))
    distance = np.maximum(above, below)
    return np.where(np.isfinite(distance) & (distance > 0), distance, OUTSIDE)


def population_of(draws: Draws, networks: Mapping[int, Realised]) -> Population:
    """Some of the draws as a population.

    Args:
        draws: Of a space.
        networks: What is realised of those that are meant, by index.
    """
    chosen = draws.take(np.array(list(networks), dtype=np.intp))
    costs = {name: getattr(chosen.cost, name) for name in COSTS}
    columns = stage_columns(list(networks.values()))
    return Population(
        family=draws.space.family, arguments=chosen.arguments, space=draws.space, **costs, **columns
    )
