"""Draws from a space, a block at a time: arguments of networks, their cost, the networks themselves.

Every block of draws has random numbers of its own, which follow from the seed, the laws and the number of
the block alone. So a population does not depend on who draws which block, and a longer one begins with a
shorter one. The numbers are a bit generator's raw ones, whose stream NumPy keeps the same for ever, unlike
that of its distributions. Constraints have no part in it: they let pass some of the same draws.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import zip_longest

import numpy as np

from mmchan.channels import find_family
from mmchan.channels.population import PopulationCost, arguments_of, count_population
from mmchan.design.spaces.constraints import COSTS
from mmchan.design.spaces.network import Realised, realised
from mmchan.design.spaces.space import Space
from mmchan.errors import require_known

BLOCK = 2048  # draws; as many as are counted at a time


@dataclass(frozen=True, eq=False)
class Draws:
    """Networks that are drawn, not yet accepted.

    Attributes:
        space: Where from.
        drawn: By name the parameters that vary, (N,) or (N, stages), as
            :func:`mmchan.channels.population.count_population` takes them.
    """

    space: Space
    drawn: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.drawn.values())))

    @property
    def arguments(self) -> dict[str, object]:
        """All parameters: those that vary, and those that all networks have in common."""
        return {**self.space.common, **self.drawn}

    @cached_property
    def cost(self) -> PopulationCost:
        """Parameters, MACs and activations."""
        if find_family(self.space.family).population:
            return self._count()
        first, inverse = self.distinct  # counted one by one, hence none twice
        cost = self.take(first)._count()
        return PopulationCost(*(getattr(cost, field.name)[inverse] for field in fields(PopulationCost)))

    def _count(self) -> PopulationCost:
        space = self.space
        resolution, classes = space.resolution, space.num_classes
        return count_population(space.family, self.arguments, resolution, num_classes=classes)

    @cached_property
    def distinct(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each set of arguments is drawn first, in order, and which of them each draw has, (N,)."""
        columns = [_bytes(values, len(self)) for values in self.drawn.values()]
        rows = np.ascontiguousarray(np.concatenate(columns, axis=1))
        whole = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
        _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return first[order], place[inverse]

    @cached_property
    def networks(self) -> list[Realised]:
        """The networks, from their plans: some hundred times slower than their cost."""
        return [self.network(index) for index in range(len(self))]

    def network(self, index: int) -> Realised:
        """One network."""
        family = find_family(self.space.family)
        (arguments,) = arguments_of(family, self.arguments, [index])
        return realised(family.build_plan(arguments))

    def column(self, name: str) -> np.ndarray:
        """A number of every network: of its cost, a parameter, or what is realised; (N,) or (N, stages)."""
        if name in COSTS:
            return getattr(self.cost, name)
        if name in self.arguments:
            common = self.space.common.get(name)
            return self.drawn.get(name, np.full(len(self), np.nan if common is None else common))
        require_known(name, (*COSTS, *self.arguments, *REALISED), 'column')
        return REALISED[name](self.networks)

    def take(self, chosen: np.ndarray) -> 'Draws':
        """The draws of a mask or of indices; what is known of them already stays known."""
        some = replace(self, drawn={name: values[chosen] for name, values in self.drawn.items()})
        if 'cost' in self.__dict__:
            columns = (getattr(self.cost, field.name)[chosen] for field in fields(PopulationCost))
            some.__dict__['cost'] = PopulationCost(*columns)
        if 'networks' in self.__dict__:
            indices = np.arange(len(self))[chosen]
            some.__dict__['networks'] = [self.networks[index] for index in indices]
        return some


def _bytes(values: np.ndarray, draws: int) -> np.ndarray:
    """A column as bytes, (N, bytes)."""
    if values.dtype == object:
        values = np.array([repr(value) for value in values])
    return np.ascontiguousarray(values).reshape(draws, -1).view(np.uint8).reshape(draws, -1)


def _padded(rows: Iterable[tuple[int, ...]]) -> np.ndarray:
    """Rows of different lengths, (N, stages), NaN behind the last stage."""
    return np.array(list(zip_longest(*rows, fillvalue=np.nan)), dtype=float).T


REALISED = {
    'stages': lambda networks: np.array([len(one.depths) for one in networks]),
    'blocks': lambda networks: np.array([sum(one.depths) for one in networks]),
    'stage_widths': lambda networks: _padded(one.widths for one in networks),
    'stage_depths': lambda networks: _padded(one.depths for one in networks),
}


def draw_block(space: Space, seed: int, block: int) -> Draws:
    """One block of independent draws from a space's laws, without its constraints."""
    return draws_at(space, _uniforms(space, seed, block, space.scheme.uniforms))


def draws_at(space: Space, uniforms: np.ndarray) -> Draws:
    """The draws that numbers uniform in [0, 1) make: first the number of stages, then rows, then numbers.

    Args:
        space: Where from.
        uniforms: (as many as ``space.scheme.uniforms`` says, N).
    """
    laws, left = space.scheme, iter(uniforms)
    stages = laws.stages.at(next(left)).astype(int) if laws.stages else None
    drawn = {}
    for name, law in laws.rows.items():
        mine = [next(left) for _ in range(law.uniforms(laws.most_stages))]
        drawn[name] = law.rows(np.array(mine).reshape(len(mine), uniforms.shape[1]), stages).T
    for name, law in laws.numbers.items():
        drawn[name] = law.at(next(left))
    return Draws(space, drawn)


def _uniforms(space: Space, seed: int, block: int, rows: int) -> np.ndarray:
    """Numbers uniform in [0, 1), (rows, BLOCK): multiples of 2 ** -53."""
    sequence = np.random.SeedSequence(seed, spawn_key=(*space.scheme.words, block))
    raw = np.random.PCG64(sequence).random_raw(rows * BLOCK)
    return (raw >> np.uint64(11)).reshape(rows, BLOCK) * 2.0**-53
