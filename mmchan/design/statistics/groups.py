"""Good, ordinary and bad networks side by side: tenths of a population, and their widths per block."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.inputs import numbers, open_share
from mmchan.errors import InputError, require


@dataclass(frozen=True, eq=False)
class Tenth:
    """Some neighbours in the order of errors.

    Attributes:
        members: Their places in the population, by ascending error, (M,).
        mean: Of their errors.
        low: The smallest of them.
        high: The greatest.
    """

    members: np.ndarray
    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Tenths:
    """The best, the middle and the worst tenth of a population."""

    best: Tenth
    middle: Tenth
    worst: Tenth


def tenths(errors: ArrayLike, *, share: float = 0.1) -> Tenths:
    """The best, the middle and the worst tenth of a population by error.

    Args:
        errors: One per network, (N,), at least three. Of equal ones the first counts as the better.
        share: Of the population in each group, at most a third; rounded to networks, at least one.

    Source: arXiv:2007.00992v3, section 4, table 3 (top, middle and bottom 10 % of 200 searched models).

    >>> groups = tenths(range(100, 0, -1))
    >>> groups.best.mean, groups.middle.mean, groups.worst.members.tolist()[:3]
    (5.5, 50.5, [9, 8, 7])
    """
    errors = numbers(errors, 'errors', least=3, infinite=True)
    open_share(share, 'share')
    count = max(1, round(len(errors) * share))
    require(3 * count <= len(errors), 'share', 'at most 1/3', share)
    order = np.argsort(errors, kind='stable')
    middle = (len(errors) - count) // 2
    groups = order[:count], order[middle : middle + count], order[-count:]
    return Tenths(*(_tenth(errors, members) for members in groups))


def best_median_worst(errors: ArrayLike) -> tuple[int, int, int]:
    """The places of the networks with the smallest, the (lower) median and the greatest error.

    >>> best_median_worst([30, 10, 20, 40])
    (1, 2, 3)
    """
    order = np.argsort(numbers(errors, 'errors', infinite=True), kind='stable')
    return int(order[0]), int(order[(len(order) - 1) // 2]), int(order[-1])


def widths_per_block(
    widths: ArrayLike | Sequence[ArrayLike], depths: ArrayLike | Sequence[ArrayLike]
) -> np.ndarray:
    """Repeat the widths of stages for their blocks.

    Args:
        widths: Per stage, (N, stages), NaN behind a network's last stage; or a sequence per network.
        depths: Blocks per stage, likewise.

    Returns:
        (N, blocks) for the deepest network, NaN behind the last block of any other.

    Raises:
        InputError: For widths and depths that do not go together.

    >>> widths_per_block([[16, 32], [24]], [[1, 2], [2]]).tolist()
    [[16.0, 32.0, 32.0], [24.0, 24.0, nan]]
    """
    widths, depths = rows(widths, 'widths'), rows(depths, 'depths')
    same = widths.shape == depths.shape and bool((np.isnan(widths) == np.isnan(depths)).all())
    require(same, 'depths', 'one for every width', f'{depths.shape} for {widths.shape}')
    repeats = np.nan_to_num(depths).astype(np.int64)
    require(bool((repeats == np.nan_to_num(depths)).all()), 'depths', 'integers', 'fractions')
    return padded(np.repeat(widths.ravel(), repeats.ravel()), repeats.sum(axis=1))


def mean_widths(blocks: np.ndarray, members: ArrayLike) -> np.ndarray:
    """The mean width of each block over the members that have it.

    Args:
        blocks: Widths per block, (N, blocks), see :func:`widths_per_block`.
        members: Places of networks, (M,), such as those of a :class:`Tenth`.

    Returns:
        (blocks,) of the deepest member.

    Source: arXiv:2003.13678, section 3.3 (the widths of the best 20 networks, and their mean).
    """
    chosen = rows(blocks, 'blocks')[np.asarray(members)]
    there = ~np.isnan(chosen)
    counts = there.sum(axis=0)
    return np.where(there, chosen, 0).sum(axis=0)[counts > 0] / counts[counts > 0]


def _tenth(errors: np.ndarray, members: np.ndarray) -> Tenth:
    theirs = errors[members]
    return Tenth(members, float(theirs.mean()), float(theirs[0]), float(theirs[-1]))


def rows(values: ArrayLike | Sequence[ArrayLike], name: str) -> np.ndarray:
    """Positive numbers per network as (N, most of any network), NaN behind each network's last."""
    array = _rectangle(values, name)
    there = ~np.isnan(array)
    require(array.ndim == 2 and array.size > 0, name, 'of shape (N, stages or blocks)', array.shape)
    gap = (there[:, 1:] & ~there[:, :-1]).any() or not there[:, 0].all()
    require(not gap, name, "without NaN in front of a network's last one", 'NaN')
    wrong = array[there & ~((array > 0) & np.isfinite(array))]
    require(not len(wrong), name, '> 0 and finite', wrong.tolist()[:3])
    return array


def padded(flat: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Numbers one network after another as (N, greatest length), NaN behind each network's last."""
    array = np.full((len(lengths), int(lengths.max())), np.nan)
    array[np.arange(array.shape[1]) < lengths[:, None]] = flat
    return array


def _rectangle(values: ArrayLike | Sequence[ArrayLike], name: str) -> np.ndarray:
    try:
        if isinstance(values, np.ndarray) and values.dtype != object:
            return values.astype(np.float64)
        each = [np.asarray(one, dtype=np.float64).ravel() for one in values]
    except (TypeError, ValueError):
        raise InputError(f'{name} must be numbers per network, got {values!r:.80}') from None
    require(len(each) > 0, name, 'of at least one network', values)
    return padded(np.concatenate(each), np.array([len(one) for one in each]))
