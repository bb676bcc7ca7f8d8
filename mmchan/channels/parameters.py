"""Parameters as data: what a family's numbers may be, what they usually are, what they mean.

Validation and its messages, the explorer's sliders, random networks and the spaces that are sampled and
searched all read these records.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real

from mmchan.errors import InputError, require

TYPE_CHECKING = False  # as type checkers know it; importing it from typing takes as long as this module
if TYPE_CHECKING:  # whoever draws brings the generator: importing NumPy takes longer than all of this room
    from numpy.random import Generator

KINDS = ('integer', 'number', 'choice')


@dataclass(frozen=True)
class Bounds:
    """An interval of allowed numbers; an open end does not belong to it.

    >>> str(Bounds(0, 1, open_low=True)), str(Bounds(1)), 0.5 in Bounds(0, 1)
    ('within (0, 1]', '>= 1', True)
    """

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f'{"<" if self.open_high else "<="} {self.high:g}'
        if math.isinf(self.high):
            return f'{">" if self.open_low else ">="} {self.low:g}'
        ends = '(' if self.open_low else '[', ')' if self.open_high else ']'
        return f'within {ends[0]}{self.low:g}, {self.high:g}{ends[1]}'


POSITIVE = Bounds(0, open_low=True)
NOT_NEGATIVE = Bounds(0)
AT_LEAST_ONE = Bounds(1)
SHARE = Bounds(0, 1, open_low=True)
DROPOUT = Bounds(0, 1, open_high=True)


class _Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return 'REQUIRED'


REQUIRED = _Required()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a family's plan function.

    Attributes:
        name: The argument's name.
        kind: 'integer', 'number' or 'choice'.
        meaning: What it is, in a few words for people.
        default: Its default; REQUIRED where it must be given.
        bounds: What is allowed at all.
        low: Least value of the usual range, which sliders and random networks take.
        high: Greatest value of the usual range.
        step: Distance between usual values.
        logarithmic: Whether the usual values are spread by their ratio, not by their difference.
        choices: The allowed values of a choice.
        optional: Whether None is allowed, which means that the network has no such thing.
        per_stage: Whether it is a sequence with one value for every stage.
        fixed: Whether it is no part of the design: sliders, random networks and spaces leave it alone.
    """

    name: str
    kind: str
    meaning: str
    default: object = REQUIRED
    bounds: Bounds = Bounds()
    low: float | None = None
    high: float | None = None
    step: float = 1
    logarithmic: bool = False
    choices: tuple[object, ...] = ()
    optional: bool = False
    per_stage: bool = False
    fixed: bool = False

    def __post_init__(self) -> None:
        require(self.kind in KINDS, f'kind of {self.name}', f'one of {", ".join(KINDS)}', self.kind)
        require(self.kind != 'choice' or self.choices, f'choices of {self.name}', 'given', self.choices)
        ranged = self.fixed or self.kind == 'choice' or None not in (self.low, self.high)
        require(ranged, f'low and high of {self.name}', 'given, or fixed set', (self.low, self.high))

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED

    @property
    def rule(self) -> str:
        """What is allowed, in words that follow 'must be'."""
        if self.kind == 'choice':
            return ' or '.join(map(repr, self.choices))
        none = 'None or ' if self.optional else ''
        kind = 'an integer' if self.kind == 'integer' else ''
        limits = '' if self.bounds == Bounds() else str(self.bounds)
        return none + (' '.join(filter(None, (kind, limits))) or 'a number')

    def check(self, value: object) -> None:
        """Raise InputError unless a value is allowed; of a sequence per stage every member is checked."""
        if not self.per_stage or value is None:
            self._check_one(value)
            return
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise InputError(f'{self.name} must be a sequence with one value for every stage, got {value!r}')
        for member in value:
            self._check_one(member)

    def _check_one(self, value: object) -> None:
        if value is None and (self.optional or self.default is None):
            return
        require(self._allows(value), self.name, self.rule, value)
        require(self.kind == 'choice' or math.isfinite(value), self.name, 'finite', value)

    def _allows(self, value: object) -> bool:
        if self.kind == 'choice':
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        wanted = Integral if self.kind == 'integer' else Real
        return isinstance(value, wanted) and not isinstance(value, bool) and value in self.bounds

    def draw(self, rng: 'Generator', *, stages: int = 1) -> object:
        """A random usual value.

        Args:
            rng: Source of randomness.
            stages: Number of values of a parameter per stage.

        Returns:
            A value, or for a parameter per stage a tuple of them; an optional one is None half of the time.
        """
        if self.optional and rng.random() < 0.5:
            return None
        if self.per_stage:
            return tuple(self._draw_one(rng) for _ in range(stages))
        return self._draw_one(rng)

    def _draw_one(self, rng: 'Generator') -> object:
        if self.kind == 'choice':
            return self.choices[int(rng.integers(len(self.choices)))]
        if self.logarithmic:
            value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        else:
            value = rng.uniform(self.low - self.step / 2, self.high + self.step / 2)
        return self.nearest(value)

    def nearest(self, value: float) -> float:
        """The usual value nearest to a number: within [low, high], a multiple of step away from low.

        >>> Parameter(name='w', kind='integer', meaning='width', low=8, high=64, step=8).nearest(21.0)
        24
        """
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        found = min(self.low + steps * self.step, self.high)
        return int(found) if self.kind == 'integer' else round(float(found), 10)


# ---------------------------------------------------------------- parameters that several families have


def width_mult(*, high: float, step: float) -> Parameter:
    """A factor on the widths, 1 by default, usually from 0.3 to ``high``."""
    return Parameter(
        name='width_mult',
        kind='number',
        meaning='factor on the widths',
        default=1.0,
        bounds=POSITIVE,
        low=0.3,
        high=high,
        step=step,
    )


def depth_mult(*, low: float) -> Parameter:
    """A factor on the number of blocks, 1 by default, usually from ``low`` to 3."""
    return Parameter(
        name='depth_mult',
        kind='number',
        meaning='factor on the blocks of each group, rounded up',
        default=1.0,
        bounds=POSITIVE,
        low=low,
        high=3,
        step=0.1,
    )


def divisor(default: int) -> Parameter:
    """The multiple to which widths are rounded, usually up to 16."""
    return Parameter(
        name='divisor',
        kind='integer',
        meaning='every width is a multiple of it',
        default=default,
        bounds=AT_LEAST_ONE,
        low=1,
        high=16,
    )
