"""What each constraint of a space removes, by itself and with another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mmchan.design.spaces.constraints import NETWORK, Constraint
from mmchan.design.spaces.draws import BLOCK, Draws, draw_block
from mmchan.design.spaces.space import Space

DRAWS = 20_000


@dataclass(frozen=True)
class Explanation:
    """What constraints leave of independent draws.

    Attributes:
        draws: Number of draws.
        passed: By constraint, how many draws pass it, whatever others say.
        together: How many pass all.
        contradictions: Where none passes all: the smallest sets of constraints that contradict each other,
            as far as these draws tell.
        unknown: Constraints that were not asked: they need the networks, or a measurement.
    """

    draws: int
    passed: Mapping[str, int]
    together: int
    contradictions: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """The share of draws that pass all that was asked."""
        return self.together / self.draws

    def __str__(self) -> str:
        lines = [f'Each by itself, of {self.draws:,} draws:']
        for label, passed in self.passed.items():
            removed = self.draws - passed
            lines.append(f'{removed:>10,} removed ({removed / self.draws:.1%}): {label}')
        lines += [f'None of them passes all of: {"; ".join(labels)}' for labels in self.contradictions]
        lines += [f'Not asked here: {label}' for label in self.unknown]
        return '\n'.join(lines)


def explain(space: Space, *, seed: int = 0, draws: int = DRAWS) -> Explanation:
    """Ask every constraint about all draws, not only about those that others let pass.

    Args:
        space: The space.
        seed: Of the draws; the first ones are those of :func:`mmchan.design.spaces.sample`.
        draws: How many at least; whole blocks are drawn.

    Returns:
        What passes each constraint, what passes all, and which of them contradict each other.
    """
    asked = [check for check in space.checks if check.level < NETWORK]
    left = [check for check in space.checks if check.level >= NETWORK]
    blocks = range(-(-draws // BLOCK))
    masks = np.concatenate([_masks(asked, draw_block(space, seed, block)) for block in blocks], axis=1)
    labels = [check.label for check in asked]
    return Explanation(
        draws=masks.shape[1],
        passed=dict(zip(labels, masks.sum(axis=1).tolist(), strict=True)),
        together=int(masks.all(axis=0).sum()),
        contradictions=tuple(tuple(labels[one] for one in some) for some in _contradictions(masks)),
        unknown=tuple(one.label for one in (*left, *space.measured)),
    )


def _masks(checks: list[Constraint], draws: Draws) -> np.ndarray:
    """Which draws pass which constraint, (constraints, N)."""
    return np.array([check.passes(draws) for check in checks])


def _contradictions(masks: np.ndarray) -> list[tuple[int, ...]]:
    """The smallest sets of rows, (constraints, N), that have no column in common."""
    found: list[tuple[int, ...]] = []
    for size in range(1, len(masks) + 1):
        for some in combinations(range(len(masks)), size):
            known = any(set(smaller) <= set(some) for smaller in found)
            if not known and not masks[list(some)].all(axis=0).any():
                found.append(some)
    return found
