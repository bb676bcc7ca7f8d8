"""What a worker has to know of one trial."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Task:
    """Everything that a worker needs, as plain data.

    Attributes:
        trial: Its name, unique in its sweep.
        arch: The network, as ``mmchan.Backbone`` takes it.
        seed: Of its random numbers, >= 0.
        epochs: How long it trains.
        config: The training config without the network, resolved.
        objective: Name of the metric.
        higher_is_better: Whether a higher value of it is better.
        path: 'auto', 'fast' or 'ordinary'.
        folder: Where an ordinary trial writes.
    """

    trial: str
    arch: dict
    seed: int
    epochs: int
    config: dict
    objective: str
    higher_is_better: bool = True
    path: str = 'auto'
    folder: str = ''
