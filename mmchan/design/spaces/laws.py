"""Laws: how likely each value of a parameter is, in closed form, and the value at a uniform number.

A law is a table of finitely many values with their probabilities; a fine quantum stands for a continuous one.
Values are drawn by inverting the table, never by rounding a logarithm: the table is worked out in decimal
arithmetic, which is the same on every machine, while the last bits of logarithms and exponentials in floating
point are not. Laws are pycls' own, so that its spaces are drawn as it draws them.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cache
from itertools import accumulate, pairwise
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mmchan.errors import InputError, require

DECIMALS = Context(prec=24)  # far beyond float64, so that the nearest one is found
MOST_VALUES = 100_000  # of one law: more fit into memory, but no use is known
NORMAL_DIGITS = 14  # of the error function, whose last bits depend on the machine
SIGMAS = 6  # widths of a normal law in its range, as in pycls: 99.7 % of it lie inside


class Table(NamedTuple):
    """A law in full: values, their probabilities, and the running sums of these; (m,) each."""

    values: np.ndarray
    probabilities: np.ndarray
    cumulative: np.ndarray


class Law(ABC):
    """A law over finitely many values. What a subclass says is its values and their masses."""

    @abstractmethod
    def masses(self) -> tuple[Sequence[object], Sequence[Decimal]]:
        """The values, in order, and their masses, which need not sum to 1."""

    @property
    def table(self) -> Table:
        """Values, probabilities and their running sums."""
        return _table(self)

    @property
    def values(self) -> np.ndarray:
        """The values: float64 with NaN for None, or names."""
        return self.table.values

    @property
    def probabilities(self) -> np.ndarray:
        """The probability of each value, in closed form."""
        return self.table.probabilities

    def at(self, uniforms: np.ndarray) -> np.ndarray:
        """The values at numbers uniform in [0, 1), of any shape."""
        return self.values[np.searchsorted(self.table.cumulative, uniforms, side='right')]

    def draw(self, rng: np.random.Generator, shape: int | tuple[int, ...] = ()) -> np.ndarray:
        """Independent values from a generator."""
        return self.at(rng.random(shape))


@cache
def _table(law: Law) -> Table:
    with localcontext(DECIMALS):
        values, masses = law.masses()
        total = sum(masses)
        sums = [float(so_far / total) for so_far in accumulate(masses)]
        probabilities = [float(mass / total) for mass in masses]
    table = Table(_array(values), np.array(probabilities), np.array([*sums[:-1], 1.0]))
    for array in table:
        array.flags.writeable = False
    return table


def _array(values: Sequence[object]) -> np.ndarray:
    if all(value is None or isinstance(value, int | float | Decimal) for value in values):
        return np.array([math.nan if value is None else float(value) for value in values])
    named = all(isinstance(value, str) for value in values)
    return np.array(values, dtype=str if named else object)


def _differences(sums: Iterable[Decimal]) -> list[Decimal]:
    return [above - below for below, above in pairwise(sums)]


def require_number(value: object, argument: str) -> None:
    """Raise InputError unless a value is a finite number."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    require(number and math.isfinite(value), argument, 'a finite number', value)


def decimal(number: float) -> Decimal:
    """A number as it is written: 0.1 is one tenth.

    >>> decimal(0.1)
    Decimal('0.1')
    """
    return Decimal(repr(float(number)) if isinstance(number, float) else str(number))


@dataclass(frozen=True)
class _Ranged(Law):
    """A law between two ends, in steps."""

    low: float
    high: float
    quantum: float = 1

    least_low = -math.inf

    def __post_init__(self) -> None:
        name = type(self).__name__
        for what in ('low', 'high', 'quantum'):
            require_number(getattr(self, what), f'{what} of {name}')
        require(self.quantum > 0, f'quantum of {name}', '> 0', self.quantum)
        require(self.low <= self.high, f'low of {name}', f'<= high ({self.high})', self.low)
        require(self.low > self.least_low, f'low of {name}', f'> {self.least_low:g}', self.low)
        values = (self.high - self.low) / self.quantum
        rule = f'such that there are at most {MOST_VALUES} values'
        require(values < MOST_VALUES, f'quantum of {name}', rule, self.quantum)

    @property
    def steps(self) -> list[Decimal]:
        """low, low + quantum, … up to high."""
        low, quantum = decimal(self.low), decimal(self.quantum)
        number = int((decimal(self.high) - low) / quantum)
        return [low + quantum * step for step in range(number + 1)]


@dataclass(frozen=True)
class Uniform(_Ranged):
    """All of low, low + quantum, … high are as likely.

    Attributes:
        low: Least value.
        high: Greatest value.
        quantum: Distance of neighbours.

    Source: pycls ``sweep/random.py``, ``uniform``.

    >>> Uniform(12, 14).probabilities.round(3)
    array([0.333, 0.333, 0.333])
    """

    def masses(self) -> tuple[list[Decimal], list[Decimal]]:
        """Equal ones."""
        return self.steps, [Decimal(1)] * len(self.steps)


@dataclass(frozen=True)
class LogUniform(_Ranged):
    """A number whose logarithm is uniform, rounded up to the next value.

    It is drawn above low - min(quantum, low / 2), so that the least value has a share too: of 8, 16, … 1024,
    the first has 1/8 and 8 k has log2(k / (k - 1)) / 8.

    Attributes:
        low: Least value, > 0.
        high: Greatest value.
        quantum: Distance of neighbours.

    Source: pycls ``sweep/random.py``, ``log_uniform``.

    >>> LogUniform(1, 4).probabilities.round(3)
    array([0.333, 0.333, 0.195, 0.138])
    """

    least_low = 0

    def masses(self) -> tuple[list[Decimal], list[Decimal]]:
        """Differences of logarithms."""
        values = self.steps
        edge = values[0] - min(decimal(self.quantum), values[0] / 2)
        return values, _differences(value.ln() for value in (edge, *values))


@dataclass(frozen=True)
class Powers(Law):
    """low, low * base, low * base ** 2, … up to high are as likely.

    Attributes:
        low: Least value, > 0.
        high: Greatest value.
        base: Ratio of neighbours, > 1.

    Source: pycls ``sweep/random.py``, ``power2_uniform``.

    >>> Powers(1, 32).values
    array([ 1.,  2.,  4.,  8., 16., 32.])
    """

    low: float
    high: float
    base: float = 2

    def __post_init__(self) -> None:
        for what in ('low', 'high', 'base'):
            require_number(getattr(self, what), f'{what} of Powers')
        require(self.low > 0, 'low of Powers', '> 0', self.low)
        require(self.high >= self.low, 'high of Powers', f'>= low ({self.low})', self.high)
        require(self.base > 1, 'base of Powers', '> 1', self.base)

    def masses(self) -> tuple[list[Decimal], list[Decimal]]:
        """Equal ones."""
        values = [decimal(self.low)]
        while values[-1] * decimal(self.base) <= decimal(self.high):
            values.append(values[-1] * decimal(self.base))
        return values, [Decimal(1)] * len(values)


@dataclass(frozen=True)
class PowersThenLogUniform(_Ranged):
    """Powers of 2 below the quantum, as likely each; log-uniform multiples of the quantum from there on.

    Attributes:
        low: Least value, a power of 2.
        high: Greatest value.
        quantum: Where the powers end, and distance of neighbours from there on.

    Source: pycls ``sweep/random.py``, ``power2_or_log_uniform``.

    >>> PowersThenLogUniform(1, 32, 8).values
    array([ 1.,  2.,  4.,  8., 16., 24., 32.])
    """

    quantum: float = 8

    least_low = 0

    def masses(self) -> tuple[list[Decimal], list[Decimal]]:
        """One for each power of two; what is left of the powers up to high, shared as LogUniform shares."""
        low, high, quantum = decimal(self.low), decimal(self.high), decimal(self.quantum)
        powers = [low]
        while powers[-1] * 2 < quantum and powers[-1] * 2 <= high:
            powers.append(powers[-1] * 2)
        powers = [power for power in powers if power < quantum]
        if high < quantum:
            return powers, [Decimal(1)] * len(powers)
        above = LogUniform(float(max(low, quantum)), self.high, float(min(high, quantum)))
        values, masses = above.masses()
        octaves = (high / low).ln() / Decimal(2).ln() + 1
        left = (octaves - len(powers)) / sum(masses)
        return [*powers, *values], [Decimal(1)] * len(powers) + [mass * left for mass in masses]


@dataclass(frozen=True)
class Normal(_Ranged):
    """A normal law about the middle of its range, cut off at its ends, rounded to the next value.

    Attributes:
        low: Least value, three standard deviations below the mean.
        high: Greatest value, three above.
        quantum: Distance of neighbours.

    Source: pycls ``sweep/random.py``, ``normal``.
    """

    def masses(self) -> tuple[list[Decimal], list[Decimal]]:
        """Differences of the normal distribution half way to the neighbours."""
        require(self.low < self.high, f'low of {type(self).__name__}', f'< high ({self.high})', self.low)
        values = self.steps
        half = float(self.quantum) / 2
        edges = [self.low, *(float(value) + half for value in values[:-1]), self.high]
        return values, _differences(Decimal(f'{self._below(edge):.{NORMAL_DIGITS}f}') for edge in edges)

    def _below(self, value: float) -> float:
        return _normal(self.low, self.high).cdf(value)


@dataclass(frozen=True)
class LogNormal(Normal):
    """A number whose logarithm has the law of :class:`Normal`, cut off and rounded likewise.

    Attributes:
        low: Least value, > 0.
        high: Greatest value.
        quantum: Distance of neighbours.

    Source: pycls ``sweep/random.py``, ``log_normal``.
    """

    least_low = 0

    def _below(self, value: float) -> float:
        return _normal(math.log(self.low), math.log(self.high)).cdf(math.log(value))


def _normal(low: float, high: float) -> NormalDist:
    return NormalDist((low + high) / 2, (high - low) / SIGMAS)


@dataclass(frozen=True)
class Choice(Law):
    """One of some values: numbers and None, or names.

    Attributes:
        options: The values.
        weights: How likely each is, > 0; all the same by default.

    >>> Choice((None, 0.25), weights=(3, 1)).probabilities
    array([0.75, 0.25])
    """

    options: tuple[object, ...]
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        _freeze(self, 'options')
        require(len(self.options) > 0, 'options of Choice', 'given', self.options)
        require(len(set(self.options)) == len(self.options), 'options of Choice', 'different', self.options)
        if self.weights is None:
            return
        _freeze(self, 'weights')
        rule = f'one number > 0 for each of the {len(self.options)} options'
        fits = len(self.weights) == len(self.options) and all(weight > 0 for weight in self.weights)
        require(fits, 'weights of Choice', rule, self.weights)

    def masses(self) -> tuple[tuple[object, ...], list[Decimal]]:
        """The weights."""
        weights = self.weights or (1,) * len(self.options)
        return self.options, [decimal(weight) for weight in weights]


def _freeze(choice: Choice, name: str) -> None:
    """Keep a sequence of a config as a tuple, so that the law can be looked up."""
    value = getattr(choice, name)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InputError(f'{name} of Choice must be a sequence, got {value!r}')
    object.__setattr__(choice, name, tuple(value))


def constant(value: ArrayLike) -> Choice:
    """The law of what does not vary.

    >>> constant(4).values
    array([4.])
    """
    return Choice((value,))
