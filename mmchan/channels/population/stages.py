"""What is per stage, for a whole population: arrays (stages, N), NaN behind a network's last stage.

An array of NaN alone stands for what is not given.
"""

from collections.abc import Iterable

import numpy as np


def lengths(values: np.ndarray) -> np.ndarray:
    """Number of stages that values are given for, (N,)."""
    return np.count_nonzero(~np.isnan(values), axis=0)


def filled(values: np.ndarray, rows: int, *, default: float) -> np.ndarray:
    """Values of the first ``rows`` stages, with the default where none is given; (rows, N)."""
    missing = rows - len(values)
    if missing > 0:
        values = np.concatenate([values, np.full((missing, values.shape[1]), np.nan)])
    return np.where(np.isnan(values[:rows]), default, values[:rows])


def are_given(
    num_stages: np.ndarray, required: Iterable[np.ndarray], optional: Iterable[np.ndarray]
) -> np.ndarray:
    """Whether values are given for all stages, and what is optional for all or none; (N,)."""
    given = [num_stages >= 1]
    given += [lengths(values) == num_stages for values in required]
    given += [(found == num_stages) | (found == 0) for found in map(lengths, optional)]
    return np.logical_and.reduce(np.broadcast_arrays(*given))


def last_of(values: np.ndarray, num_stages: np.ndarray) -> np.ndarray:
    """The value of the last stage, (N,)."""
    index = np.clip(num_stages, 1, len(values)) - 1
    return np.take_along_axis(values, index[None], axis=0)[0]
