"""The constraint that pycls puts on every RegNet that it draws."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmchan.channels.population.schedules import quantized_linear_stages
from mmchan.design.spaces.constraints import ARGUMENTS, Constraint

if TYPE_CHECKING:
    from mmchan.design.spaces.draws import Draws

DIVISOR = 8  # of a RegNet's widths, by default
UNCLEAR = 1e-9  # a logarithm nearer to a rounding's edge is worked out by the scalar function


@dataclass(frozen=True)
class WholeStages(Constraint):
    """A RegNet's widths take every power of wm once: no stage is skipped or merged by rounding.

    Attributes:
        low: Least number of stages.
        high: Greatest number of stages.

    Source: pycls ``check_regnet_constraints``, where ``low`` and ``high`` are 4.
    """

    low: int = 4
    high: int = 4

    @property
    def label(self) -> str:
        """Such as '4 stages, none skipped or merged'."""
        number = str(self.low) if self.low == self.high else f'{self.low} to {self.high}'
        return f'{number} stages, none skipped or merged'

    @property
    def level(self) -> int:
        """Arguments are enough."""
        return ARGUMENTS

    def passes(self, draws: 'Draws') -> np.ndarray:
        """Whether there are as many different widths as powers, and as many as wanted."""
        columns = [draws.column(name) for name in ('w0', 'wa', 'wm', 'depth')]
        powers = _powers(*columns)
        passed = (powers >= self.low) & (powers <= self.high)
        some = np.flatnonzero(passed)
        divisor = np.array([float(draws.arguments.get('divisor', DIVISOR))])
        w0, wa, wm, depth = (column[some] for column in columns)
        _, depths = quantized_linear_stages(w0, wa, wm, depth, divisor=divisor, most=self.high + 1)
        passed[some] = np.count_nonzero(depths, axis=0) == powers[some]
        return passed


def _powers(w0: np.ndarray, wa: np.ndarray, wm: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Number of powers of wm up to the last block's, the first included."""
    exact = np.log((w0 + wa * (depth - 1)) / w0) / np.log(wm)
    last = np.rint(exact)
    for index in np.flatnonzero(np.abs(np.abs(exact - last) - 0.5) < UNCLEAR):
        line = float(w0[index] + wa[index] * (depth[index] - 1))
        last[index] = round(math.log(line / float(w0[index])) / math.log(float(wm[index])))
    return last + 1
