"""Constraints of one's own: conditions on columns, models of a number, and what is measured."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmchan.design.spaces.constraints import COST, Band, Constraint
from mmchan.errors import require

if TYPE_CHECKING:
    from mmchan.design.spaces.draws import Draws


@dataclass(frozen=True)
class Where(Constraint):
    """A condition of one's own.

    Attributes:
        name: What it demands, in a few words.
        condition: From a function that gives the columns of a block of draws by name (parameters of the
            family, 'macs', 'parameters', 'activations', 'stages', 'blocks') to whether each passes, (N,).

    >>> Where('a wide end', lambda column: column('widths')[:, -1] >= 256).label
    'a wide end'
    """

    name: str
    condition: Callable[[Callable[[str], np.ndarray]], np.ndarray]

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def level(self) -> int:
        """It may ask for anything, hence behind what is cheap."""
        return COST

    def passes(self, draws: 'Draws') -> np.ndarray:
        """What the condition says."""
        passed = np.asarray(self.condition(draws.column))
        rule = f'one truth value for each of {len(draws)} draws'
        shaped = passed.shape == (len(draws),) and passed.dtype == bool
        require(shaped, f'condition {self.name!r}', rule, (passed.shape, str(passed.dtype)))
        return passed


@dataclass(frozen=True)
class Predicted(Constraint):
    """A number that a function gives for many draws at once lies within [low, high].

    Such as a model of latency. The number is a column of the population.

    Attributes:
        name: Name of the column.
        function: From a function that gives columns by name, as for :class:`Where`, to numbers, (N,).
        low: Least value.
        high: Greatest value.
    """

    name: str
    function: Callable[[Callable[[str], np.ndarray]], np.ndarray]
    low: float = -math.inf
    high: float = math.inf

    @property
    def label(self) -> str:
        """Such as 'latency within [2, 3]'."""
        return _band(self.name, self.low, self.high)

    @property
    def level(self) -> int:
        """It may ask for anything, hence behind what is cheap."""
        return COST

    def values(self, draws: 'Draws') -> np.ndarray:
        """The number of each draw, (N,)."""
        values = np.asarray(self.function(draws.column), dtype=float)
        rule = f'one number for each of {len(draws)} draws'
        require(values.shape == (len(draws),), f'{self.name} of the function', rule, values.shape)
        return values

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether the number is within."""
        values = self.values(draws)
        return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True)
class Measured:
    """A number that a function measures on one network, such as its latency, lies within [low, high].

    It is asked last, once for every network that passed all else and is not known yet, in this process and
    one after another, so that measurements do not disturb each other. Its numbers are a column of the
    population. A population is the same everywhere only as far as the function is.

    Attributes:
        name: Name of the column.
        function: From ``arch``, the mapping that ``mmchan.Backbone`` takes, to the number.
        low: Least value.
        high: Greatest value.
    """

    name: str
    function: Callable[[Mapping[str, object]], float]
    low: float = -math.inf
    high: float = math.inf

    @property
    def label(self) -> str:
        """Such as 'latency within [2, 3]'."""
        return _band(self.name, self.low, self.high)

    def accepts(self, value: float) -> bool:
        """Whether a measured number is within."""
        return self.low <= value <= self.high


def _band(name: str, low: float, high: float) -> str:
    unbounded = math.isinf(low) and math.isinf(high)
    return f'any {name}' if unbounded else Band(name, low, high).label
