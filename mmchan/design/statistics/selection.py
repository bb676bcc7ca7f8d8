"""What random draws from a population find: its best network, the parameters of that, and how soon.

Drawing k networks with replacement and keeping the best has a known law, so that nothing is simulated: the
best is worse than a network only if all k draws are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.bands import Band
from mmchan.design.statistics.distribution import Edf, as_edf, weighted_quantile
from mmchan.design.statistics.inputs import as_long, numbers, open_share, shares_of
from mmchan.errors import require

SHARE_DRAWN = 0.25  # of the population, by the paper's bootstrap


@dataclass(frozen=True, eq=False)
class BestValue:
    """The value of a parameter that the best networks have.

    Attributes:
        median: Of the winner's value.
        low: Lower end of the interval that holds the winner's value with the confidence.
        high: Upper end.
        confidence: Of the interval.
        draws: Networks drawn for each winner.
        carriers: Number of best networks on which that confidence rests: about twelve, however many there
            are, where a quarter is drawn.
        chances: How probably each network wins, (N,), in the order given.
    """

    median: float
    low: float
    high: float
    confidence: float
    draws: int
    carriers: int
    chances: np.ndarray


@dataclass(frozen=True, eq=False)
class SearchEfficiency:
    """The smallest error that a random search finds, by the number of its draws.

    Attributes:
        draws: Networks that a search trains, (K,).
        expected: Mean over all searches of the smallest error found, (K,).
        deviation: Standard deviation over the searches, (K,).
        low: Lower end of the interval in which searches end with the confidence, (K,).
        high: Upper end, (K,).
        confidence: Of the interval. It tells how searches of this population differ, not how well the
            population stands for its space: see :func:`expected_minimum_limits`.
    """

    draws: np.ndarray
    expected: np.ndarray
    deviation: np.ndarray
    low: np.ndarray
    high: np.ndarray
    confidence: float


def chances_of_best(errors: ArrayLike, draws: int, *, weights: ArrayLike | None = None) -> np.ndarray:
    """How probably each network is the best of some drawn with replacement.

    The network of rank r of n (1 the best) wins m draws with probability ((n-r+1)/n)^m - ((n-r)/n)^m. Tied
    ones share what they win together by their weights, because the first drawn of them is kept.

    Args:
        errors: One per network, (N,).
        draws: Number of networks drawn, >= 1.
        weights: How probably each is drawn, relative to the others, (N,); all the same by default.

    Returns:
        Probabilities, (N,), that sum to 1.

    Source: the empirical bootstrap of arXiv:2003.13678, section 3.2 (Efron and Tibshirani, An introduction to
    the bootstrap, 1993), summed instead of drawn.

    >>> chances_of_best([30, 10, 20], 2).round(3).tolist()
    [0.111, 0.556, 0.333]
    """
    ladder = _Ladder.of(numbers(errors, 'errors', infinite=True), weights)
    return ladder.chances(_draws([draws]))[ladder.step, 0] * ladder.share_of_step


def best_value(
    errors: ArrayLike,
    values: ArrayLike,
    *,
    share: float = SHARE_DRAWN,
    confidence: float = 0.95,
    weights: ArrayLike | None = None,
) -> BestValue:
    """The value of a parameter that the best networks have, with its interval.

    Args:
        errors: One per network, (N,).
        values: The parameter of each, (N,).
        share: Of the population that is drawn each time, within (0, 1); rounded down to networks.
        confidence: Of the interval.
        weights: How probably each network is drawn, (N,); all the same by default.

    Returns:
        The median and the interval are values that occur: no mean of neighbours.

    Raises:
        InputError: For lengths that differ, or NaN.

    Source: arXiv:2003.13678, section 3.2 (25 % drawn, best kept, 10^4 times; 95 % interval and median); pycls
    ``get_filters``. Here it is exact.

    >>> found = best_value([40, 30, 20, 10, 41, 42, 43, 44], [1, 2, 2, 4, 1, 1, 1, 1])
    >>> found.median, found.low, found.high, found.draws, found.carriers
    (2.0, 1.0, 4.0, 2, 7)
    """
    errors = numbers(errors, 'errors', infinite=True)
    values = as_long(numbers(values, 'values'), 'values', errors, 'errors')
    draws = max(1, int(len(errors) * open_share(share, 'share')))
    chances = chances_of_best(errors, draws, weights=weights)
    outside = (1 - open_share(confidence, 'confidence')) / 2
    low, median, high = weighted_quantile(values, [outside, 0.5, 1 - outside], weights=chances).tolist()
    carriers = int(np.searchsorted(np.cumsum(-np.sort(-chances)), confidence - 1e-12)) + 1
    return BestValue(median, low, high, confidence, draws, carriers, chances)


def search_efficiency(
    errors: Edf | ArrayLike, *, draws: ArrayLike | None = None, confidence: float = 0.95
) -> SearchEfficiency:
    """The expected smallest error of k random draws, exactly, for several k.

    Args:
        errors: An EDF, such as a normalised one, or errors, (N,); finite.
        draws: Numbers k of draws, (K,); 1, 2, 4, … up to the number of networks by default.
        confidence: Of the interval in which searches end.

    Source: arXiv:1905.13214, 'Random search efficiency', whose notebook draws with replacement by the weights
    and repeats; here the law itself: the sum of e_(i) (S_(i-1)^k - S_i^k), S_i the weight above e_(i).

    >>> search_efficiency([30, 10, 20]).expected.round(2).tolist()
    [20.0, 15.56]
    """
    given = as_edf(errors)
    numbers(given.errors, 'errors')  # a mean of what is infinite tells nothing
    given_draws = _powers_of_two(given.size) if draws is None else _draws(draws)
    ladder = _Ladder.of(given.errors, given.weights)
    chances = ladder.chances(given_draws)
    expected = ladder.errors @ chances
    deviation = np.sqrt(np.maximum(0, ladder.errors**2 @ chances - expected**2))
    outside = (1 - open_share(confidence, 'confidence')) / 2
    low, high = (ladder.quantiles(given_draws, share) for share in (outside, 1 - outside))
    return SearchEfficiency(given_draws, expected, deviation, low, high, confidence)


def expected_minimum_limits(
    band: Band, draws: ArrayLike, *, limits: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the expected smallest error of k draws from the space, not from its population.

    The mean of the smallest of k is the integral of (1 - F)^k. Where the band holds F, it holds the integral
    for every k at once. It tells from which k on the population is too small to say: there the lower limit
    falls towards the least possible error.

    Args:
        band: Of the space's EDF; 'beta' is by far the narrowest for many draws.
        draws: Numbers k of draws, (K,).
        limits: The least and the greatest error possible, such as (0, 100) for one in percent.

    Returns:
        Lower and upper limits, (K,) each.

    Raises:
        InputError: For errors outside the limits.

    Source: the layer-cake formula of a mean, with the band of :func:`mmchan.design.statistics.band`.
    """
    least, greatest = limits
    inside = least <= band.errors[0] and band.errors[-1] <= greatest
    ends = float(band.errors[0]), float(band.errors[-1])
    require(inside, 'limits', f'around all errors, which are within {ends}', limits)
    steps = np.diff(np.concatenate(([least], band.errors, [greatest])))
    powers = _draws(draws)[:, None]
    return least + (1 - band.high) ** powers @ steps, least + (1 - band.low) ** powers @ steps


@dataclass(frozen=True, eq=False)
class _Ladder:
    """The errors that occur, upwards, and how much weight each has and leaves above it.

    Attributes:
        errors: Different errors, ascending, (E,).
        left: Weight that is at least the first error, the second, …, and above the last, (E + 1,): 1 to 0.
        step: Of each network, its error's place, (N,).
        share_of_step: Of each network, its share in the weight of all that tie with it, (N,).
    """

    errors: np.ndarray
    left: np.ndarray
    step: np.ndarray
    share_of_step: np.ndarray

    @classmethod
    def of(cls, errors: np.ndarray, weights: ArrayLike | None) -> '_Ladder':
        shares = shares_of(weights, len(errors))
        different, step = np.unique(errors, return_inverse=True)
        sums = np.bincount(step, weights=shares)
        left = np.append(np.cumsum(sums[::-1])[::-1], 0)
        share_of_step = np.divide(shares, sums[step], out=np.zeros_like(shares), where=sums[step] > 0)
        return cls(different, left / left[0], step, share_of_step)

    def chances(self, draws: np.ndarray) -> np.ndarray:
        """How probably the best of k draws has each error, (E, K)."""
        return -np.diff(self.left[:, None] ** draws, axis=0)

    def quantiles(self, draws: np.ndarray, share: float) -> np.ndarray:
        """The smallest error below or at which at least this share of the searches end, (K,)."""
        reached = 1 - self.left[1:, None] ** draws >= share - 1e-12
        return self.errors[np.argmax(reached, axis=0)]


def _powers_of_two(most: int) -> np.ndarray:
    return 2 ** np.arange(int(np.log2(most)) + 1)


def _draws(draws: ArrayLike) -> np.ndarray:
    array = numbers(draws, 'draws')
    require(bool(((array >= 1) & (array == np.rint(array))).all()), 'draws', 'integers >= 1', draws)
    return array.astype(np.int64)
