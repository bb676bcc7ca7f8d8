"""How much of its channels a matrix uses, from its singular values.

Only the rank needs a tolerance; the other measures change smoothly with the matrix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.errors import require

FLOAT32_EPS = 2.0**-23
THRESHOLDS = 10.0 ** np.arange(-8, 0.25, 0.25)
THRESHOLDS.setflags(write=False)


@dataclass(frozen=True)
class Measures:
    """Measures of several matrices, each an array (B,) but for ``cdf``.

    Attributes:
        rank_ratio: Singular values above the tolerance, over ``channels``.
        nuclear_norm: Sum of the singular values.
        nuclear_ratio: That sum over the largest one that the same Frobenius norm allows, in (0, 1]; 1 where
            all singular values are equal.
        stable_rank: Squared Frobenius norm over the squared largest singular value, in [1, channels].
        effective_rank: exp of the entropy of the singular values, taken as shares, in [1, channels].
        cdf: Share of the singular values, of ``channels`` in all, that are at most each of THRESHOLDS times
            the largest, (B, T).
    """

    rank_ratio: np.ndarray
    nuclear_norm: np.ndarray
    nuclear_ratio: np.ndarray
    stable_rank: np.ndarray
    effective_rank: np.ndarray
    cdf: np.ndarray


def default_tolerance(rows: int, columns: int) -> float:
    """The share of the largest singular value below which float32 cannot tell one from 0.

    Source: the rule of ``numpy.linalg.matrix_rank`` and ``torch.linalg.matrix_rank`` for float32.
    """
    return max(rows, columns) * FLOAT32_EPS


def measure(singular_values: ArrayLike, channels: int, *, tolerance: float) -> Measures:
    """Measure matrices by their singular values.

    Args:
        singular_values: (B, K), not negative, in any order; K <= channels.
        channels: Rows of the matrices, the denominator of the rank ratio.
        tolerance: Share of the largest singular value above which one counts, in [0, 1).

    Raises:
        InputError: For another shape, a negative or NaN value, a tolerance outside its range.

    Source: the rank ratio is arXiv:2007.00992's, section 3; the effective rank Roy and Vetterli's
        (EUSIPCO 2007).
    """
    values = np.asarray(singular_values, float)
    require(values.ndim == 2, 'singular_values', 'of shape (matrices, values)', values.shape)
    require(bool((values >= 0).all()), 'singular_values', '>= 0 and not NaN', values.min(initial=0.0))
    require(channels >= values.shape[1], 'channels', f'>= {values.shape[1]} values', channels)
    require(0 <= tolerance < 1, 'tolerance', 'within [0, 1)', tolerance)
    largest = values.max(1, initial=0.0)
    total, square = values.sum(1), (values**2).sum(1)
    relative = values / np.where(largest > 0, largest, 1)[:, None]
    above = (relative[:, :, None] > THRESHOLDS).sum(1)
    return Measures(
        rank_ratio=((relative > tolerance) & (values > 0)).sum(1) / channels,
        nuclear_norm=total,
        nuclear_ratio=_over(total, np.sqrt(channels * square)),
        stable_rank=_over(square, largest**2),
        effective_rank=_effective_rank(values, total),
        cdf=1 - above / channels,
    )


def _over(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """The quotient; 0 for a matrix of zeros."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _effective_rank(values: np.ndarray, total: np.ndarray) -> np.ndarray:
    shares = values / np.where(total > 0, total, 1)[:, None]
    logarithms = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.where(total > 0, np.exp(-(shares * logarithms).sum(1)), 0.0)
