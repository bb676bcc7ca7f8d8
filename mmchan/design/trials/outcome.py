"""What comes of a trial that ends well; one that does not raises."""

import json
from dataclasses import asdict, dataclass

# mmpretrain and mmseg give per cent, COCO's and VOC's metrics are shares
_IN_PER_CENT = (
    'accuracy',
    'single-label',
    'multi-label',
    'retrieval',
    'mIoU',
    'mAcc',
    'aAcc',
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The curve of a training.

    Attributes:
        epochs: The epochs that a validation followed, from 1.
        errors: Error in each of these validations: 1 less an accuracy or a precision, in [0, 1].
        losses: Mean of the training loss over each of these epochs.
        path: How it was trained, 'fast' or 'ordinary'.
        test: Error on the data to test, once, after the last epoch; None where that was not asked for.
    """

    epochs: list[int]
    errors: list[float]
    losses: list[float]
    path: str
    test: float | None = None

    @property
    def last(self) -> float:
        """The error in the last validation."""
        return self.errors[-1]

    @property
    def minimum(self) -> float:
        """The least error in any validation."""
        return min(self.errors)

    def to_json(self) -> str:
        """The outcome in one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> 'Outcome':
        """The outcome that :meth:`to_json` wrote."""
        return cls(**json.loads(text))


def error_of(value: float, objective: str, *, higher_is_better: bool = True) -> float:
    """The error that the value of an objective stands for.

    Args:
        value: What the validation gave.
        objective: Its name, which tells shares from per cent.
        higher_is_better: False for what is an error or a loss itself.

    >>> error_of(97.5, 'accuracy/top1'), error_of(0.375, 'coco/bbox_mAP')
    (0.025, 0.625)
    """
    if not higher_is_better:
        return float(value)
    share = value / 100 if objective.partition('/')[0] in _IN_PER_CENT else value
    return round(1 - float(share), 6)  # metrics are of single precision
