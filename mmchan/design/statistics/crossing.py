"""How probably the order statistics of uniform random numbers stay within limits: exact, no simulation."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

MOST_NETWORKS = 5000  # the time grows with the square of their number: 0.2 s for 500, 10 s for 5,000


def containment(low: np.ndarray, high: np.ndarray) -> float:
    """The probability that each of n sorted uniform random numbers lies between its own two limits.

    A Poisson process of rate n on [0, 1] that has n points is a sample of n uniform numbers. So the law of
    the number of points is carried from limit to limit, what breaks one is dropped, and the end is divided by
    the probability of n points.

    Args:
        low: Ascending, within [0, 1], (n,).
        high: Likewise; where one is below its ``low`` the probability is 0.

    Source: A. Moscovich and B. Nadler, Fast calculation of boundary crossing probabilities for Poisson
    processes, arXiv:1503.04363, section 2.

    >>> round(containment(np.array([0.2]), np.array([0.7])), 12)
    0.5
    """
    networks = len(low)
    if (low > high).any():
        return 0.0
    law, least = np.ones(1), 0  # the probabilities of least, least + 1, … points
    for mean, below, at_least in _limits(low, high):
        law = np.convolve(law, _poisson(mean, below - least))[: below + 1 - least]
        if at_least > least:
            law, least = law[at_least - least :], at_least
    return float(law[networks - least] / _poisson(networks, networks)[networks])


@lru_cache(maxsize=64)
def local_level(networks: int, confidence: float) -> float:
    """The level at which each order statistic has to be kept so that all together keep a confidence.

    Source: S. Aldor-Noiman et al., The power to see: a new graphical test of normality, The American
    Statistician 67 (2013); computed here, not simulated.
    """
    from scipy.optimize import brentq

    def excess(level: float) -> float:
        return containment(*order_limits(networks, level)) - confidence

    alone = 1 - confidence
    return float(brentq(excess, alone / (10 * networks), alone, xtol=1e-9, rtol=1e-6))


def order_limits(networks: int, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The limits that each order statistic breaks with probability ``level``, half of it on either side.

    The i-th smallest of n uniform numbers has the law Beta(i, n - i + 1).
    """
    from scipy.stats import beta

    ranks = np.arange(1, networks + 1)
    law = beta(ranks, networks - ranks + 1)
    return law.ppf(level / 2), law.ppf(1 - level / 2)


def _limits(low: np.ndarray, high: np.ndarray) -> Iterator[tuple[float, int, int]]:
    """From left to right: points expected since the last limit, most points here, least points behind."""
    networks = len(low)
    places = np.concatenate((low, high, [1.0]))
    lows = np.append(np.repeat([True, False], networks), False)
    order = np.argsort(places, kind='stable')
    most = np.concatenate(([0], np.cumsum(lows[order])))  # the i-th point may not come before the i-th low
    least = np.minimum(np.cumsum(~lows[order]), networks)  # and has to be there at the i-th high
    means = networks * np.diff(places[order], prepend=0.0)
    return zip(means.tolist(), most[:-1].tolist(), least.tolist(), strict=True)


def _poisson(mean: float, most: int) -> np.ndarray:
    """The probabilities of 0, 1, … ``most`` points."""
    if mean == 0:
        return np.eye(1, most + 1)[0]
    counts = np.arange(most + 1)
    return np.exp(counts * np.log(mean) - mean - np.concatenate(([0.0], np.cumsum(np.log(counts[1:])))))
