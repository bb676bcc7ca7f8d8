"""Laws of what has one value per stage: free or shared values, lines, and lines between knots.

A row law says how many uniform numbers a network needs and makes a row of them: (stages, N), NaN behind a
network's last stage. Where a line runs over blocks, every block is a stage of its own, one block deep.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mmchan.design.spaces.laws import Choice, Law, constant
from mmchan.design.spaces.monotone import RisingDraws
from mmchan.errors import InputError, require

ONE = constant(1)


class RowLaw(ABC):
    """A law of rows with one value for every stage."""

    @abstractmethod
    def uniforms(self, stages: int) -> int:
        """How many uniform numbers a network of at most so many stages needs."""

    @abstractmethod
    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """Rows of values.

        Args:
            uniforms: Numbers uniform in [0, 1), (as many as :meth:`uniforms` says, N).
            stages: Number of stages of each network, (N,).

        Returns:
            (most stages, N), NaN behind a network's last stage.
        """


def ended(rows: np.ndarray, stages: np.ndarray) -> np.ndarray:
    """Rows, (stages, N), with NaN behind each network's last stage."""
    return np.where(np.arange(len(rows))[:, None] < stages, rows, np.nan)


def _take_laws(row: RowLaw, *names: str) -> None:
    """Check attributes that are laws; a number is the law of itself.

    Raises:
        InputError: For anything else.
    """
    for name in names:
        value = getattr(row, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = constant(value)
            object.__setattr__(row, name, value)
        require(isinstance(value, Law), f'{name} of {type(row).__name__}', 'a law or a number', value)


@dataclass(frozen=True)
class PerStage(RowLaw):
    """Every stage draws a value of its own, or all stages share one.

    Attributes:
        law: Of one value; numbers, not names.
        shared: Whether a network draws once for all stages.
    """

    law: Law
    shared: bool = False

    def __post_init__(self) -> None:
        _take_laws(self, 'law')
        require(self.law.values.dtype.kind == 'f', 'law of PerStage', 'one of numbers', self.law)

    def uniforms(self, stages: int) -> int:
        """One, or one for every stage."""
        return 1 if self.shared else stages

    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """Independent or equal values."""
        values = self.law.at(uniforms)
        return ended(np.broadcast_to(values, (int(stages.max()), len(stages))), stages)

    def rising(self, stages: int) -> RisingDraws:
        """Draws of it that never fall, for up to so many stages."""
        if (np.diff(self.law.values) <= 0).any():
            raise InputError(
                f'values of a law must rise where the rows drawn from it shall not fall, got {self.law}'
            )
        return RisingDraws(self.law.probabilities, stages)


@dataclass(frozen=True)
class RisingPerStage(RowLaw):
    """Every stage draws a value of its own, given that none is below the one before it.

    Attributes:
        law: Of one value.
    """

    law: Law

    def __post_init__(self) -> None:
        _take_laws(self, 'law')

    def uniforms(self, stages: int) -> int:
        """One for every stage."""
        return stages

    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """Values that never fall."""
        draws = PerStage(self.law).rising(len(uniforms))
        return ended(self.law.values[draws.indices(uniforms, stages)], stages)


@dataclass(frozen=True)
class Linear(RowLaw):
    """Rows that grow by the same number at every step: max(floor, first + growth * index), rounded.

    Attributes:
        first: Law of the first value before the floor, which may be below it, even negative.
        growth: Law of what each step adds.
        floor: Law of the least value.

    Source: arXiv:2007.00992, section 4.2; the floor is ours, with which the best configurations of its
    table 1 are on a line.
    """

    first: Law
    growth: Law
    floor: Law = ONE

    def __post_init__(self) -> None:
        _take_laws(self, 'first', 'growth', 'floor')

    def uniforms(self, stages: int) -> int:
        """One for each of the three laws."""
        return 3

    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """Values on a line."""
        laws = (self.first, self.growth, self.floor)
        first, growth, floor = (law.at(row) for law, row in zip(laws, uniforms, strict=True))
        line = first + growth * np.arange(stages.max())[:, None]
        return ended(np.rint(np.maximum(floor, line)), stages)


@dataclass(frozen=True)
class PiecewiseLinear(RowLaw):
    """Rows on straight lines between knots that never fall: a straight line, steps, and all between them.

    The first and the last index are knots. The others are given, or drawn, all subsets of one size as likely.
    The values at the knots are independent draws, given that they never fall.

    Attributes:
        value: Law of the value at a knot.
        knots: Their indices, rising from 0; or the law of their number, the ends included, as many as there
            are stages at most.
        floor: Law of the least value.

    Source: arXiv:2007.00992, section 4.1. Which law it draws from is not published; this one is ours.
    """

    value: Law
    knots: Law | tuple[int, ...]
    floor: Law = ONE

    def __post_init__(self) -> None:
        _take_laws(self, 'value', 'floor')
        if isinstance(self.knots, Law):
            return
        object.__setattr__(self, 'knots', tuple(self.knots))
        whole = all(isinstance(knot, int) for knot in self.knots)
        rising = whole and self.knots[:1] == (0,) and all(low < high for low, high in pairwise(self.knots))
        require(rising, 'knots of PiecewiseLinear', 'rising indices from 0, or a law', self.knots)

    def uniforms(self, stages: int) -> int:
        """The floor and a value at every given knot; where knots are drawn, number and ranks besides."""
        return 1 + len(self.knots) if isinstance(self.knots, tuple) else 2 + 2 * stages

    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """Values on lines between knots."""
        if isinstance(self.knots, tuple):
            floor, values = uniforms[0], uniforms[1:]
            is_knot = _given_knots(self.knots, stages)
        else:
            floor, (ranks, values) = uniforms[1], np.split(uniforms[2:], 2)
            knots = np.clip(self.knots.at(uniforms[0]), np.minimum(2, stages), stages)
            is_knot = _knots(ranks, knots, stages)
        drawn = RisingPerStage(self.value).rows(values, is_knot.sum(axis=0))
        return ended(np.rint(np.maximum(self.floor.at(floor), _interpolated(is_knot, drawn))), stages)


def _knots(ranks: np.ndarray, knots: np.ndarray, stages: np.ndarray) -> np.ndarray:
    """Which indices are knots, (stages, N): the ends, and of the others those of the lowest ranks."""
    index = np.arange(len(ranks))[:, None]
    order = np.where((index == 0) | (index == stages - 1), -1, np.where(index < stages, ranks, 2))
    places = np.argsort(np.argsort(order, axis=0, kind='stable'), axis=0, kind='stable')
    return places < knots


def _given_knots(knots: tuple[int, ...], stages: np.ndarray) -> np.ndarray:
    """The same indices for all networks, (stages, N)."""
    least, most = stages.min(), stages.max()
    require(least == most == knots[-1] + 1, 'last knot', f'the last index, {most - 1}', knots[-1])
    is_knot = np.isin(np.arange(most), knots)[:, None]
    return np.broadcast_to(is_knot, (most, len(stages)))


def _interpolated(is_knot: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Lines between knots, from the values at the first, second, … knot of each network."""
    index = np.broadcast_to(np.arange(len(is_knot))[:, None], is_knot.shape)
    number = np.cumsum(is_knot, axis=0) - 1
    left = np.maximum.accumulate(np.where(is_knot, index, 0), axis=0)
    beyond = np.where(is_knot, index, len(is_knot))[::-1]
    right = np.minimum.accumulate(beyond, axis=0)[::-1]
    below = np.take_along_axis(drawn, number, axis=0)
    last = np.minimum(number + ~is_knot, len(drawn) - 1)
    above = np.take_along_axis(drawn, last, axis=0)
    steps = np.maximum(right - left, 1)
    return below + (above - below) * (index - left) / steps


@dataclass(frozen=True)
class FixedRow(RowLaw):
    """The same row for all networks.

    Attributes:
        values: One number for every stage.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, 'values', tuple(self.values))

    def uniforms(self, stages: int) -> int:
        """None."""
        return 0

    def rows(self, uniforms: np.ndarray, stages: np.ndarray) -> np.ndarray:
        """The row, as far as each network goes."""
        require(len(self.values) >= stages.max(), 'row', f'of {stages.max()} values', self.values)
        row = np.array(self.values[: stages.max()], dtype=float)[:, None]
        return ended(np.broadcast_to(row, (len(row), len(stages))), stages)


def row_law(value: object) -> RowLaw:
    """The law of a row, from itself, from the law of one value, or from the row of all networks."""
    if isinstance(value, RowLaw):
        return value
    if isinstance(value, Law):
        return PerStage(value)
    if isinstance(value, list | tuple):
        return FixedRow(tuple(value))
    return PerStage(Choice((value,)), shared=True)
