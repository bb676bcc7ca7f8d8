"""Constraints: which draws of a space are networks of it.

The law of a space is that of rejection: draws of its laws, given that they pass all constraints. Cheap
constraints are asked first: those on arguments, then those on cost, then those that need the networks, and
what is measured last, on what passed everything else.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmchan.errors import InputError, require

if TYPE_CHECKING:
    from mmchan.design.spaces.draws import Draws

ARGUMENTS, COST, NETWORK = range(3)  # what a constraint has to know, from cheap to dear

COSTS = ('macs', 'parameters', 'activations')
NUMBERS, ROWS = ('stages', 'blocks'), ('stage_widths', 'stage_depths')
REALISED = (*NUMBERS, *ROWS)  # of networks, once they are planned
GIGA = 1e9
UNITS = ((1e9, 'G'), (1e6, 'M'), (1e3, 'k'))


class Constraint(ABC):
    """Tells which draws belong to a space."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What it demands, in a few words, for reports."""

    @property
    @abstractmethod
    def level(self) -> int:
        """What it has to know: ARGUMENTS, COST or NETWORK."""

    @abstractmethod
    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether each draw belongs to the space, (N,)."""


def short(number: float) -> str:
    """A number as people write it.

    >>> short(360e6), short(12)
    ('360M', '12')
    """
    for unit, letter in UNITS:
        if abs(number) >= unit:
            return f'{number / unit:.6g}{letter}'
    return f'{number:.6g}'


@dataclass(frozen=True)
class Band(Constraint):
    """A number of the network lies within [low, high].

    Attributes:
        of: 'macs', 'parameters' or 'activations'; 'stages' or 'blocks', as they are realised; or the name
            of a parameter of the family that is one number.
        low: Least value.
        high: Greatest value.
    """

    of: str
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            require(isinstance(end, int | float), f'band of {self.of}', 'of numbers', (self.low, self.high))
        bounded = math.isfinite(self.low) or math.isfinite(self.high)
        require(bounded, f'band of {self.of}', 'given low, high or both', (self.low, self.high))
        if self.low > self.high:
            raise InputError(f'band of {self.of} must have low <= high, got {self.low} and {self.high}')

    @property
    def label(self) -> str:
        """Such as 'macs within [360M, 400M]'."""
        if math.isinf(self.low):
            return f'{self.of} <= {short(self.high)}'
        if math.isinf(self.high):
            return f'{self.of} >= {short(self.low)}'
        return f'{self.of} within [{short(self.low)}, {short(self.high)}]'

    @property
    def level(self) -> int:
        """That of its number."""
        return COST if self.of in COSTS else NETWORK if self.of in REALISED else ARGUMENTS

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether the number is there and within."""
        values = draws.column(self.of)
        return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True)
class PowerLaw:
    """constant + slope * F ** exponent, where F are MACs in units of 10 ** 9.

    >>> PowerLaw(3e6, 5.5e6)(np.array([400e6]))
    array([5200000.])
    """

    constant: float
    slope: float
    exponent: float = 1

    def __call__(self, macs: np.ndarray) -> np.ndarray:
        return self.constant + self.slope * (macs / GIGA) ** self.exponent

    def __str__(self) -> str:
        power = '' if self.exponent == 1 else f'^{self.exponent:g}'
        constant = f'{short(self.constant)} + ' if self.constant else ''
        return f'{constant}{short(self.slope)} (GMACs){power}'


@dataclass(frozen=True)
class Cap(Constraint):
    """A number of the network is below what its MACs allow.

    Attributes:
        of: As for :class:`Band`.
        limit: From MACs, (N,), to the limit, (N,).
    """

    of: str
    limit: Callable[[np.ndarray], np.ndarray]

    @property
    def label(self) -> str:
        """Such as 'parameters < 3M + 5.5M (GMACs)'."""
        name = str(self.limit) if isinstance(self.limit, PowerLaw) else f'{_name(self.limit)}(macs)'
        return f'{self.of} < {name}'

    @property
    def level(self) -> int:
        """MACs have to be known."""
        return NETWORK if self.of in REALISED else COST

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether the number is below."""
        return draws.column(self.of) < self.limit(draws.column('macs'))


@dataclass(frozen=True)
class Rising(Constraint):
    """A parameter that is per stage never falls from stage to stage.

    Where every stage draws a value of its own, the sampler draws what never falls, exactly, see
    :mod:`mmchan.design.spaces.monotone`; elsewhere this rejects.

    Attributes:
        of: Name of the parameter, such as 'widths'; or 'stage_widths' or 'stage_depths', those that come out,
            for families whose parameters are single numbers.
    """

    of: str

    @property
    def label(self) -> str:
        """Such as 'widths never fall'."""
        return f'{self.of} never fall'

    @property
    def level(self) -> int:
        """Arguments are enough where it is one."""
        return NETWORK if self.of in REALISED else ARGUMENTS

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether no step goes down."""
        return ~(np.diff(draws.column(self.of), axis=1) < 0).any(axis=1)


@dataclass(frozen=True)
class IsNetwork(Constraint):
    """The parameters make a network; every space has it."""

    @property
    def label(self) -> str:
        """What the plan function checks."""
        return 'parameters that go together'

    @property
    def level(self) -> int:
        """Counting says so."""
        return COST

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether the cost is that of a network."""
        return draws.cost.valid


def _name(function: Callable) -> str:
    return getattr(function, '__name__', type(function).__name__)
