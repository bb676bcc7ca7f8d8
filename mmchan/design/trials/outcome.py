"""What came of one trial."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A training that came to its end.

    Attributes:
        epochs: The epochs that were validated, from 1.
        errors: The error at each of them, in [0, 1].
        losses: Mean training loss of each.
        path: 'fast' or 'ordinary'.
    """

    epochs: list[int]
    errors: list[float]
    losses: list[float]
    path: str
