"""From a space to a population: blocks of draws, sifted, in order, until there are enough networks.

A population is a function of space, seed and count. Workers only decide who sifts which block.
"""

import multiprocessing
import pickle
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count as count_from

import numpy as np

from mmchan.channels.population import arguments_of
from mmchan.design.spaces.draws import BLOCK, Draws, draw_block
from mmchan.design.spaces.network import Realised
from mmchan.design.spaces.own import Predicted
from mmchan.design.spaces.population import COSTS, Drawn, Population, stage_columns
from mmchan.design.spaces.report import explain
from mmchan.design.spaces.space import Space
from mmchan.errors import InputError, require_integer
from mmchan.progress import track

PATIENCE = 10_000  # draws per network, on average, before a space counts as one that starves
HEAD_START = 20  # networks' worth of patience for the first one
MANY = 2000  # networks, from which on it takes seconds and shows how far it is
REPEATED = 'network there already'


@dataclass(frozen=True, eq=False)
class Sifted:
    """What is left of a block: draws that pass, the different networks among them, and what was removed."""

    draws: Draws
    networks: list[Realised]
    removed: Mapping[str, int]


def sample(
    space: Space, *, seed: int = 0, count: int = 500, workers: int = 1, patience: int = PATIENCE
) -> Population:
    """Draw different networks from a space; none is built.

    Args:
        space: See :func:`mmchan.design.spaces.get` and :class:`mmchan.design.spaces.Space`.
        seed: Of the random numbers, >= 0. The same one gives the same networks on every machine, whatever
            the number of workers, and a greater count begins with those of a smaller one.
        count: Number of networks.
        workers: Processes that draw; they are worth it from some thousand networks on. A script that asks
            for several must guard itself by ``if __name__ == '__main__':``.
        patience: Draws per network, on average, before giving up.

    Returns:
        The population, in the order of the draws.

    Raises:
        InputError: Where constraints leave too few networks, with what each removes of the draws.

    >>> from mmchan.design import spaces
    >>> drawn = sample(spaces.get('anynetx_a', macs=(360e6, 400e6)), count=5)
    >>> len(drawn), bool((drawn.macs <= 400e6).all())
    (5, True)
    """
    require_integer(seed, 'seed', least=0)
    require_integer(count, 'count')
    require_integer(workers, 'workers')
    require_integer(patience, 'patience')
    found = _Collection(space, count)
    with closing(_sift_blocks(space, seed, found.limit, workers)) as blocks:
        steps = _Steps(found, blocks, patience * HEAD_START, patience)
        shown = count >= MANY or space.measured
        for _ in track(steps, f'drawing {space.name}', unit='networks') if shown else steps:
            pass
    if len(found) < count:
        raise InputError(_too_few(space, seed, found))
    return found.population(seed)


@dataclass(frozen=True, eq=False)
class _Steps:
    """One step per network that is wanted, as long as there is patience; for a bar that shows them."""

    found: '_Collection'
    blocks: Iterator[Sifted]
    head_start: int
    patience: int

    def __len__(self) -> int:
        return self.found.count

    def __iter__(self) -> Iterator[None]:
        for sifted in self.blocks:
            before = len(self.found)
            self.found.add(sifted)
            yield from [None] * (len(self.found) - before)
            enough = self.head_start + self.patience * len(self.found)
            if len(self.found) == self.found.count or self.found.draws > enough:
                return


def sift(space: Space, seed: int, block: int, limit: int | None = None) -> Sifted:
    """One block of draws, and what is left of it.

    Args:
        space: Where from.
        seed: Of the population.
        block: Number of the block.
        limit: Different networks that are enough; None for all.
    """
    draws = draw_block(space, seed, block)
    removed: Counter = Counter()
    for check in space.checks:
        before = len(draws)
        draws = draws.take(check.passes(draws)) if before else draws
        removed[check.label] += before - len(draws)
    networks = _different(draws, limit)
    indices = np.array(list(networks), dtype=np.intp)
    seen = len(draws) if len(networks) != limit else 1 + indices[-1]
    removed[REPEATED] = int(seen - len(networks))
    return Sifted(draws.take(indices), list(networks.values()), removed)


def _different(draws: Draws, limit: int | None) -> dict[int, Realised]:
    """The different networks among draws by index, up to a number."""
    planned = 'networks' in draws.__dict__
    chosen: dict[int, Realised] = {}
    known: set[str] = set()
    for index in draws.distinct[0].tolist() if len(draws) else ():
        network = draws.networks[index] if planned else draws.network(index)
        if network.id not in known:
            known.add(network.id)
            chosen[index] = network
        if len(chosen) == limit:
            break
    return chosen


def _sift_blocks(space: Space, seed: int, limit: int | None, workers: int) -> Iterator[Sifted]:
    """The blocks in order, sifted here or by processes that work ahead."""
    if workers == 1:
        yield from (sift(space, seed, block, limit) for block in count_from())
        return
    _require_portable(space)
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        ahead = deque(pool.submit(sift, space, seed, block, limit) for block in range(2 * workers))
        try:
            for block in count_from(len(ahead)):
                yield ahead.popleft().result()
                ahead.append(pool.submit(sift, space, seed, block, limit))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _require_portable(space: Space) -> None:
    try:
        pickle.dumps(space)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(
            f'{space.name} cannot go to workers: {error}; define its functions in a module, or use workers=1'
        ) from error


@dataclass(eq=False)
class _Collection:
    """Networks that are accepted, block by block."""

    space: Space
    count: int
    draws: int = 0
    removed: Counter = field(default_factory=Counter)
    networks: list[Realised] = field(default_factory=list)
    measured: list[list[float]] = field(default_factory=list)
    _parts: list[Draws] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.networks)

    @property
    def limit(self) -> int | None:
        """How many different networks of one block are enough: the blocks before have at most count - 1."""
        return None if self.space.measured else self.count

    def add(self, sifted: Sifted) -> None:
        """Accept what is new of a block, as far as it is wanted."""
        self.draws += BLOCK
        self.removed.update(sifted.removed)
        accepted = []
        for index, network in enumerate(sifted.networks):
            if len(self) == self.count:
                break
            if self._accepts(network, sifted.draws, index):
                accepted.append(index)
        self._parts.append(sifted.draws.take(np.array(accepted, dtype=np.intp)))

    def _accepts(self, network: Realised, draws: Draws, index: int) -> bool:
        if network.id in self._known:
            self.removed[REPEATED] += 1
            return False
        self._known.add(network.id)
        numbers = self._measure(draws, index)
        if numbers is None:
            return False
        self.networks.append(network)
        self.measured.append(numbers)
        return True

    def _measure(self, draws: Draws, index: int) -> list[float] | None:
        """What is measured of a network; None where that is not within."""
        if not self.space.measured:
            return []
        (arguments,) = arguments_of(self.space.family, draws.arguments, [index])
        numbers = []
        for one in self.space.measured:
            numbers.append(float(one.function({'family': self.space.family, **arguments})))
            if not one.accepts(numbers[-1]):
                self.removed[one.label] += 1
                return None
        return numbers

    def population(self, seed: int) -> Population:
        """All that are accepted."""
        varying = {
            name: np.concatenate([part.drawn[name] for part in self._parts]) for name in self._parts[0].drawn
        }
        costs = {name: np.concatenate([getattr(part.cost, name) for part in self._parts]) for name in COSTS}
        names = [one.name for one in self.space.measured]
        columns = np.array(self.measured).reshape(len(self), len(names)).T
        predicted = {
            one.name: np.concatenate([one.values(part) for part in self._parts])
            for one in self.space.constraints
            if isinstance(one, Predicted)
        }
        return Population(
            family=self.space.family,
            arguments={**self.space.common, **varying},
            measured={**predicted, **dict(zip(names, columns, strict=True))},
            space=self.space,
            seed=seed,
            drawn=Drawn(self.draws, dict(self.removed)),
            **costs,
            **stage_columns(self.networks),
        )


def _too_few(space: Space, seed: int, found: _Collection) -> str:
    drawn = Drawn(found.draws, dict(found.removed))
    return (
        f'{space.name} has too few networks: {found.draws:,} draws gave {len(found)} of {found.count}. '
        f'One after another,\n{drawn}\n{explain(space, seed=seed)}\n'
        'Widen a constraint, narrow the laws, ask for fewer networks, or raise patience.'
    )
