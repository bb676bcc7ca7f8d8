"""An exported network beside the one that it was made of, on batches and images of several sizes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.session import Session
from mmchan.errors import InputError

LIMIT = 1e-4  # largest difference of an output, as a share of the largest output or of 1: rounding of fp32
BATCHES = (1, 3, 2)
PROBE_SEED = 0


@dataclass(frozen=True)
class Difference:
    """The largest absolute difference of two networks' outputs.

    Attributes:
        largest: Of all inputs.
        scale: The largest absolute output.
        inputs: Number of inputs of different shapes.
    """

    largest: float
    scale: float
    inputs: int

    @property
    def relative(self) -> float:
        """The difference as a share of the largest output; of 1 where outputs are smaller."""
        return self.largest / max(1.0, self.scale)

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        where = f'largest output {self.scale:.3g}, {self.inputs} shapes of input'
        return (f'largest difference from PyTorch: {self.largest:.2g} ({where})',)


def probes(metadata: Metadata) -> Iterator[np.ndarray]:
    """Inputs of several batches and sizes, as far as both are free; random from a seed of their own.

    Yields:
        (N, 3, H, W) of float32, or (N, H, W, 3) of uint8 where the preprocessing is inside.
    """
    rng = np.random.default_rng(PROBE_SEED)
    height, width = metadata.size
    free = {'height', 'width'} <= set(metadata.dynamic)
    sizes = [(height, width), (height + 37, width + 14), (height, 2 * width)]
    batches = BATCHES if 'batch' in metadata.dynamic else (2, 2, 2)  # of the example that a graph is made of
    for batch, (rows, columns) in zip(batches, sizes if free else sizes[:1] * 3, strict=True):
        if metadata.preprocessing:
            yield rng.integers(0, 256, (batch, rows, columns, 3), dtype=np.uint8)
        else:
            yield rng.standard_normal((batch, 3, rows, columns), dtype=np.float32)


def compare(reference: Session, exported: Session) -> Difference:
    """The largest difference between an exported network and its original, over :func:`probes`."""
    largest, scale, inputs = 0.0, 0.0, 0
    for images in probes(exported.metadata):
        expected, found = reference.run(images), exported.run(images)
        for one, other in zip(expected, found, strict=True):
            largest = max(largest, float(np.abs(one - other).max()))
            scale = max(scale, float(np.abs(one).max()))
        inputs += 1
    return Difference(largest, scale, inputs)


def refuse_above(difference: Difference, limit: float, *, name: str) -> None:
    """Raise InputError where an exported network is another one than its original."""
    if not difference.relative <= limit:  # NaN is above, too
        raise InputError(
            f'{name} is not written: its outputs differ from those of PyTorch by up to '
            f'{difference.largest:.2g} where the largest is {difference.scale:.3g} (allowed: a share of '
            f'{limit:g}); give --max-difference a larger share if that is good enough'
        )
