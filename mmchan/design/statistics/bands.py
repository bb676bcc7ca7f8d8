"""Simultaneous bands around an EDF: with the confidence that they state they hold the whole true curve.

Which one is valid, and why:

- ``'dkw'``: any EDF. For networks of equal weight it is valid for every number of them. For weights that
  follow from the complexity alone, as those of a normalised EDF do, the number of networks is replaced by the
  effective size. Then Hoeffding's inequality gives the same limit at each single error, for every number of
  networks. That it also holds for all errors at once is so in the limit of many: given the bins, the
  deviation is a sum of independent networks, and what its covariance lacks of that of a Brownian bridge is
  itself a covariance, so that Anderson's inequality makes the bridge's limit one for the deviation too.
- ``'kolmogorov'``: equal weights. The exact limit of the same constant width, a little narrower for few.
- ``'beta'``: equal weights. Exact as well, but every order statistic has the same chance to lie outside: much
  narrower at both ends, where the best networks are, and a fifth wider in the middle.
- ``'bootstrap'``: weights that were drawn along with the errors, such as importance weights. Pairs of error
  and weight are drawn again, because the weights are part of what varies. Valid in the limit of many.

Ties make each of them cover more, never less.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.crossing import MOST_NETWORKS, local_level, order_limits
from mmchan.design.statistics.distribution import Edf, as_edf
from mmchan.design.statistics.inputs import Seed, open_share, portions
from mmchan.errors import require, require_integer, require_known


@dataclass(frozen=True, eq=False)
class Band:
    """Limits of a distribution function that hold for all errors at once.

    Call it with errors: it gives the lower and the upper limit of the share of networks below each.

    Attributes:
        errors: Where the limits step, ascending, (K,).
        low: Lower limit up to and at the first step, behind it, … and behind the last, (K + 1,).
        high: Upper limit, likewise.
        confidence: The probability with which it holds the true curve.
        method: How it was found.
    """

    errors: np.ndarray
    low: np.ndarray
    high: np.ndarray
    confidence: float
    method: str

    def __call__(self, error: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        steps = np.searchsorted(self.errors, error, side='left')
        return self.low[steps], self.high[steps]

    @property
    def width(self) -> float:
        """The greatest distance between the limits."""
        return float(np.max(self.high - self.low))

    def holds(self, share: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Whether a distribution function lies within the limits everywhere.

        Args:
            share: From errors to the share strictly below them, such as another :class:`Edf`, or a continuous
                distribution function.
        """
        before = share(self.errors)  # the greatest share up to this step, as the curve grows
        behind = share(np.nextafter(self.errors, np.inf))  # the least share after it
        return bool((before <= self.high[:-1] + 1e-12).all() and (behind >= self.low[1:] - 1e-12).all())


def dkw_half_width(size: float, *, confidence: float = 0.95) -> float:
    """Half of the width of a DKW band.

    Args:
        size: Number of networks, or effective number.
        confidence: Of the band.

    Source: P. Massart, The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality, The Annals of
    Probability 18 (1990).

    >>> [round(dkw_half_width(size), 3) for size in (30, 100, 500)]
    [0.248, 0.136, 0.061]
    """
    return float(np.sqrt(np.log(2 / (1 - open_share(confidence, 'confidence'))) / (2 * size)))


def band(
    errors: Edf | ArrayLike,
    *,
    confidence: float = 0.95,
    method: str = 'dkw',
    resamples: int = 2000,
    seed: Seed = 0,
) -> Band:
    """A band that holds the whole distribution function of the space that the networks were drawn from.

    Args:
        errors: An EDF, or errors, (N,).
        confidence: The probability with which it does so, within (0, 1).
        method: 'dkw', 'kolmogorov', 'beta' or 'bootstrap'; the head of this module says which is valid where.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Raises:
        InputError: For an unknown method or one that is not valid for the EDF.

    Source: 'dkw' P. Massart (1990); 'kolmogorov' R. Simard and P. L'Ecuyer, Computing the two-sided
    Kolmogorov-Smirnov distribution, Journal of Statistical Software 39 (2011), as in SciPy; 'beta'
    S. Aldor-Noiman et al. (2013); 'bootstrap' P. Bickel and D. Freedman, Some asymptotic theory for the
    bootstrap, The Annals of Statistics 9 (1981).

    >>> limits = band(range(100))
    >>> [round(float(limit), 3) for limit in limits(50)]
    [0.364, 0.636]
    """
    given = as_edf(errors)
    open_share(confidence, 'confidence')
    require_known(method, METHODS, 'method of a band')
    require_integer(resamples, 'resamples', least=100)
    low, high = METHODS[method](given, confidence, resamples, np.random.default_rng(seed))
    return Band(given.errors, np.clip(low, 0, 1), np.clip(high, 0, 1), confidence, method)


Limits = tuple[np.ndarray, np.ndarray]


def _around(given: Edf, half_width: float) -> Limits:
    return given.steps - half_width, given.steps + half_width


def _dkw(given: Edf, confidence: float, *_unused: object) -> Limits:
    return _around(given, dkw_half_width(given.effective_size, confidence=confidence))


def _kolmogorov(given: Edf, confidence: float, *_unused: object) -> Limits:
    _require_equal_weights(given, 'kolmogorov')
    return _around(given, _kolmogorov_half_width(given.size, confidence))


@lru_cache(maxsize=64)
def _kolmogorov_half_width(size: int, confidence: float) -> float:
    from scipy.stats import kstwo

    return float(kstwo.isf(1 - confidence, size))


def _beta(given: Edf, confidence: float, *_unused: object) -> Limits:
    _require_equal_weights(given, 'beta')
    most = f"of at most {MOST_NETWORKS} networks for method 'beta'"
    require(given.size <= MOST_NETWORKS, 'errors', most, given.size)
    low, high = order_limits(given.size, local_level(given.size, confidence))
    # between the i-th and the next order statistic the curve is above the one's and below the other's limit
    return np.concatenate(([0.0], low)), np.concatenate((high, [1.0]))


def _bootstrap(given: Edf, confidence: float, resamples: int, rng: np.random.Generator) -> Limits:
    rule = "'dkw' for a normalised EDF: its weights are not drawn, they follow from the bins"
    require(given.bins is None, 'method of a band', rule, 'bootstrap')
    deviations = [_deviations(given, count, rng) for count in portions(resamples, given.size)]
    return _around(given, float(np.quantile(np.concatenate(deviations), confidence, method='higher')))


def _deviations(given: Edf, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """The greatest distance of EDFs that are drawn again from the EDF, (resamples,)."""
    drawn = rng.multinomial(given.size, np.full(given.size, 1 / given.size), size=resamples) * given.weights
    sums = np.cumsum(drawn, axis=1)
    ends = np.append(given.errors[1:] != given.errors[:-1], True)  # the last of those that are tied
    distance = np.abs(sums / sums[:, -1:] - given.steps[1:])
    return distance[:, ends].max(axis=1)


def _require_equal_weights(given: Edf, method: str) -> None:
    rule = "'dkw' or 'bootstrap' for weighted networks"
    require(not given.is_weighted, 'method of a band', rule, method)


METHODS = {'dkw': _dkw, 'kolmogorov': _kolmogorov, 'beta': _beta, 'bootstrap': _bootstrap}
