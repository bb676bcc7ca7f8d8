"""Sequences that never fall, drawn exactly.

Of sequences of independent draws of one law, those that never fall are few: of four depths of AnyNetX 8 %, of
four widths 5 %, of both half a percent. Rejection would throw all others away. Sorting would not do: it gives
every sequence without ties the weight of its 24 orders, and those with ties fewer, so that ties become rarer.
Dynamic programming from the end of the sequence gives the law of rejection without rejecting.
"""

import numpy as np


class RisingDraws:
    """Independent draws of a law, given that none is below the one before it.

    Args:
        probabilities: Of the law's values in rising order, (m,).
        longest: Number of draws of the longest sequence.

    >>> RisingDraws(np.full(2, 0.5), 2).probability(2)  # of 00, 01, 10, 11 all but one
    0.75
    """

    def __init__(self, probabilities: np.ndarray, longest: int) -> None:
        self._size = len(probabilities)
        # of sequences that still have k draws behind the next one: the chance that the next one is at least
        # v and that they never fall; summed from above, where the chances are small
        self._survivals: list[np.ndarray] = []
        rest = np.ones(self._size)
        for _ in range(longest):
            rest = np.cumsum((probabilities * rest)[::-1])
            self._survivals.append(rest)
            rest = rest[::-1]

    def probability(self, length: int) -> float:
        """The chance that independent draws never fall."""
        return float(self._survivals[length - 1][-1])

    def indices(self, uniforms: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Indices of the law's values.

        Args:
            uniforms: Numbers uniform in [0, 1), (longest, N).
            lengths: Number of draws of each sequence, (N,).

        Returns:
            (longest, N), -1 behind the end of a sequence.
        """
        found = np.full(uniforms.shape, -1)
        for length in np.unique(lengths):
            columns = np.flatnonzero(lengths == length)
            found[:length, columns] = self._chains(uniforms[:length, columns])
        return found

    def _chains(self, uniforms: np.ndarray) -> np.ndarray:
        chains = np.zeros(uniforms.shape, dtype=np.intp)
        before = np.zeros(uniforms.shape[1], dtype=np.intp)
        for step, row in enumerate(uniforms):
            survival = self._survivals[len(uniforms) - step - 1]  # rising: that of the last value first
            wanted = row * survival[self._size - 1 - before]
            found = self._size - 1 - np.searchsorted(survival, wanted, side='right')
            before = chains[step] = np.maximum(found, before)  # should the product be rounded up
        return chains
