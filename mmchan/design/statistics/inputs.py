"""What the statistics are given: numbers, weights and shares, checked once and worded the same."""

import numpy as np
from numpy.typing import ArrayLike

from mmchan.errors import InputError, require

Seed = int | np.random.SeedSequence | np.random.Generator
CHUNK = 1 << 20  # numbers of an array of resamples, 8 MiB
NO_NAN = 'without NaN (a network that failed has the error of guessing, or an infinite one)'


def numbers(values: ArrayLike, name: str, *, least: int = 1, infinite: bool = False) -> np.ndarray:
    """Values as float64, (N,).

    Args:
        values: What a user gave.
        name: The argument, for the message.
        least: Least number of values.
        infinite: Whether infinite values are allowed.

    Raises:
        InputError: For what is no sequence of numbers, too short, NaN or infinite.
    """
    array = _floats(values, name)
    require(array.ndim == 1, name, 'one value per network, (N,)', f'shape {array.shape}')
    require(len(array) >= least, name, f'of at least {least} network{"s" * (least > 1)}', len(array))
    _require_all(~np.isnan(array), name, NO_NAN, array)
    if not infinite:
        _require_all(np.isfinite(array), name, 'finite', array)
    return array


def as_long(values: np.ndarray, name: str, other: np.ndarray, what: str) -> np.ndarray:
    """The values, as many as there are others."""
    require(len(values) == len(other), name, f'as many as {what} ({len(other)})', len(values))
    return values


def shares_of(weights: ArrayLike | None, count: int) -> np.ndarray:
    """Weights that sum to 1, (count,); None gives every network the same.

    Raises:
        InputError: For another number of weights, a negative one, or none above 0.
    """
    if weights is None:
        return np.full(count, 1 / count)
    array = numbers(weights, 'weights')
    require(len(array) == count, 'weights', f'as many as errors ({count})', len(array))
    _require_all(array >= 0, 'weights', '>= 0', array)
    require(array.sum() > 0, 'weights', 'above 0 for some network', array.tolist()[:5])
    return array / array.sum()


def open_share(value: float, name: str) -> float:
    """A number strictly between 0 and 1, such as a confidence."""
    require(0 < value < 1, name, 'within (0, 1)', value)
    return float(value)


def portions(count: int, numbers_each: int) -> list[int]:
    """A number of resamples, cut so that the arrays of a portion stay small."""
    whole = max(1, CHUNK // numbers_each)
    return [min(whole, count - start) for start in range(0, count, whole)]


def _floats(values: ArrayLike, name: str) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f'{name} must be numbers, one per network, got {values!r:.80}') from None


def _require_all(right: np.ndarray, name: str, rule: str, array: np.ndarray) -> None:
    """Raise InputError with the first wrong value unless all are right."""
    if not right.all():
        first = int(np.argmin(right))
        raise InputError(f'{name} must be {rule}, got {array[first]} (network {first})')
