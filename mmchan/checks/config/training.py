"""How long a config trains, and in what unit it counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmchan.checks.config.parts import part, whole
from mmchan.checks.walk import type_name

EPOCHS, ITERATIONS = 'epochs', 'iterations'
_LOOPS = {'EpochBasedTrainLoop': EPOCHS, 'IterBasedTrainLoop': ITERATIONS}
_LENGTHS = {EPOCHS: 'max_epochs', ITERATIONS: 'max_iters'}


@dataclass(frozen=True)
class Length:
    """How long a training is.

    Attributes:
        unit: 'epochs' or 'iterations': what its loop counts.
        number: How many.
    """

    unit: str
    number: int

    @property
    def key(self) -> str:
        """Where a config says it."""
        return f'train_cfg.{_LENGTHS[self.unit]}'

    def __str__(self) -> str:
        return f'{self.key} is {self.number}'


def length_of(cfg: Mapping) -> Length | None:
    """The length of a config's training; None where its loop is none of MMEngine's, or says none."""
    loop = part(cfg, 'train_cfg')
    if 'type' in loop:
        unit = _LOOPS.get(type_name(loop))
    else:
        unit = EPOCHS if loop.get('by_epoch', True) else ITERATIONS
    number = whole(loop.get(_LENGTHS[unit])) if unit else None
    return None if number is None or number < 1 else Length(unit, number)
