"""A network that is ready to run, whatever runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mmchan.deploy.metadata import Metadata

Run = Callable[[np.ndarray], Sequence[np.ndarray]]


@dataclass(frozen=True)
class Session:
    """A network in a runtime: call it with images.

    Attributes:
        name: Of the runtime, a key of ``mmchan.deploy.runtimes.RUNTIMES``.
        metadata: How images become inputs, and what the outputs are.
        run: From an input to all outputs.
    """

    name: str
    metadata: Metadata
    run: Run

    def __call__(self, images: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
        """The output of a batch; several outputs come by name.

        Args:
            images: (N, 3, H, W) of float32, normalised; or, where the preprocessing is inside, (N, H, W, 3)
                of uint8 in RGB.
        """
        outputs = self.run(np.ascontiguousarray(images))
        names = self.metadata.outputs
        return outputs[0] if len(names) == 1 else dict(zip(names, outputs, strict=True))
