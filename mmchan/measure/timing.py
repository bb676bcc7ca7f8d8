"""How long calls take beside each other: in turn, in one run, with the spread of what was read."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from mmchan.errors import require

Calls = Mapping[str, Callable[[], object]]


class Ratio(NamedTuple):
    """How many times as fast as a peer: the median of the rounds' ratios between their quartiles."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Timing:
    """What the clock said of one call.

    Attributes:
        seconds: Of every round, s.
    """

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the rounds, s."""
        return statistics.median(self.seconds)

    @property
    def low(self) -> float:
        """The lower quartile of the rounds, s."""
        return quartiles(self.seconds)[0]

    @property
    def high(self) -> float:
        """The upper quartile of the rounds, s."""
        return quartiles(self.seconds)[2]

    def speed_over(self, peer: 'Timing') -> Ratio:
        """How many times as fast as a peer this is, each round compared with the peer's own.

        A machine that computes slower for a while slows both of a round.

        Args:
            peer: A timing of the same :func:`interleave`.
        """
        pairs = zip(self.seconds, peer.seconds, strict=True)
        low, median, high = quartiles([theirs / ours for ours, theirs in pairs])
        return Ratio(median, low, high)


def quartiles(values: Sequence[float]) -> list[float]:
    """The quartiles, the median in the middle; of one value the value."""
    return statistics.quantiles(values, n=4, method='inclusive') if len(values) > 1 else list(values) * 3


def interleave(
    calls: Calls,
    *,
    rounds: int,
    warm_up: int = 2,
    least_seconds: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Timing]:
    """Time calls in turn, A B C, C B A, …: what slows the machine for a while slows all of them alike.

    Args:
        calls: Name -> what to call.
        rounds: Readings of each, >= 1.
        warm_up: Calls of each before the first reading, which allocate, compile and fill caches, >= 1.
        least_seconds: A reading lasts at least as long, s: a call shorter than that is repeated within it,
            equally often in every round.
        clock: Gives seconds; :func:`time.process_time` for what other programs disturb less.

    Returns:
        Name -> seconds of one call in every round, in the order of ``calls``.

    Raises:
        InputError: For no rounds or no warm-up.
    """
    require(rounds >= 1, 'rounds', '>= 1', rounds)
    require(warm_up >= 1, 'warm_up', '>= 1', warm_up)
    repeats = {name: _repeats(call, warm_up, least_seconds, clock) for name, call in calls.items()}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    with _without_garbage_collection():
        for number in range(rounds):
            for name in list(calls) if number % 2 == 0 else reversed(list(calls)):
                seconds[name].append(_reading(calls[name], repeats[name], clock))
    return {name: Timing(tuple(found)) for name, found in seconds.items()}


def _repeats(call: Callable[[], object], warm_up: int, least_seconds: float, clock: Callable) -> int:
    """How often a call fits into a reading, after it was made ready; at least once."""
    for _ in range(warm_up - 1):
        call()
    last = _reading(call, 1, clock)
    return max(1, round(least_seconds / last)) if last else 1


def _reading(call: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    """Seconds of one call, the mean of its repeats."""
    begin = clock()
    for _ in range(repeats):
        call()
    return (clock() - begin) / repeats


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Let Python collect cycles before, not within, a reading."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
