"""Do two numbers of the same networks rise together? By their ranks, whatever the shape of the relation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.inputs import Seed, as_long, numbers, open_share, portions
from mmchan.errors import require, require_integer, require_known

LEAST = 5  # networks; the interval of Kendall's tau divides by four less
PERMUTED = {'spearman': 500, 'kendall': 100}  # networks up to which ranks are dealt at random


@dataclass(frozen=True)
class Correlation:
    """A rank correlation.

    Attributes:
        value: Within [-1, 1].
        low: Lower end of its interval.
        high: Upper end.
        p_value: How probable a value as far from 0 is where there is no relation; two-sided.
        kind: 'spearman' or 'kendall' (tau-b).
        method: Where the p-value comes from: 'exact', 'asymptotic' or 'permutation'.
        confidence: Of the interval.
        size: Number of networks.
    """

    value: float
    low: float
    high: float
    p_value: float
    kind: str
    method: str
    confidence: float
    size: int


def correlation(
    first: ArrayLike,
    second: ArrayLike,
    *,
    kind: str = 'spearman',
    confidence: float = 0.95,
    permutations: int = 9999,
    seed: Seed = 0,
) -> Correlation:
    """The rank correlation of two numbers of the same networks, its interval and its p-value.

    Spearman's p-value is found by dealing the ranks at random for up to 500 networks, by Student's law for
    more. Kendall's is exact for up to 33 networks without ties, by dealing for up to 100 with ties, by the
    normal law otherwise.

    Args:
        first: Such as fitting errors, one per network, (N,); at least five.
        second: Such as errors, (N,).
        kind: 'spearman' or 'kendall'.
        confidence: Of the interval.
        permutations: Number of random deals; no p-value from them is below 1 / (permutations + 1).
        seed: Of the deals.

    Raises:
        InputError: For numbers that are all the same, lengths that differ, or an unknown kind.

    Source: the intervals: D. Bonett and T. Wright, Sample size requirements for estimating Pearson, Kendall
    and Spearman correlations, Psychometrika 65 (2000); the p-values of deals as in
    :func:`mmchan.design.statistics.compare`.

    >>> found = correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(found.value, 3), found.method
    (0.829, 'permutation')
    """
    require_known(kind, PERMUTED, 'kind of rank correlation')
    require_integer(permutations, 'permutations', least=99)
    open_share(confidence, 'confidence')
    first = _varying(first, 'first')
    second = as_long(_varying(second, 'second'), 'second', first, 'first')
    value, p_value, method = _test(first, second, kind)
    if method == 'permutation':
        p_value = _dealt(first, second, kind, permutations, np.random.default_rng(seed))
    low, high = _interval(value, len(first), kind, confidence)
    return Correlation(value, low, high, p_value, kind, method, confidence, len(first))


def _varying(values: ArrayLike, name: str) -> np.ndarray:
    array = numbers(values, name, least=LEAST, infinite=True)
    require(len(np.unique(array)) > 1, name, 'different for some networks', array.tolist()[:5])
    return array


def _test(first: np.ndarray, second: np.ndarray, kind: str) -> tuple[float, float, str]:
    """Value and p-value by SciPy, and by which method the p-value is to be found."""
    from scipy.stats import kendalltau, spearmanr

    few = len(first) <= PERMUTED[kind]
    if kind == 'spearman':
        found = spearmanr(first, second)
        return float(found.statistic), float(found.pvalue), 'permutation' if few else 'asymptotic'
    tied = min(len(np.unique(first)), len(np.unique(second))) < len(first)
    exact = not tied and len(first) <= 33
    found = kendalltau(first, second, method='exact' if exact else 'asymptotic')
    method = 'exact' if exact else 'permutation' if tied and few else 'asymptotic'
    return float(found.statistic), float(found.pvalue), method


def _dealt(
    first: np.ndarray, second: np.ndarray, kind: str, permutations: int, rng: np.random.Generator
) -> float:
    """The share of deals, the true one among them, with a value as far from 0."""
    statistic, numbers_each = _statistic(first, second, kind)
    found = abs(statistic(np.arange(len(first))[None])[0])
    as_far = 1
    for count in portions(permutations, numbers_each):
        deals = rng.permuted(np.tile(np.arange(len(first)), (count, 1)), axis=1)
        as_far += int(np.sum(np.abs(statistic(deals)) >= found * (1 - 1e-12)))
    return as_far / (permutations + 1)


def _statistic(
    first: np.ndarray, second: np.ndarray, kind: str
) -> tuple[Callable[[np.ndarray], np.ndarray], int]:
    """A correlation but for a constant, of deals (P, N) of the second, and how many numbers a deal takes."""
    from scipy.stats import rankdata

    if kind == 'spearman':
        ranks = [rankdata(one) - (len(one) + 1) / 2 for one in (first, second)]
        return lambda deals: ranks[1][deals] @ ranks[0], len(first)
    order = np.triu_indices(len(first), 1)
    signs = [np.sign(rankdata(one)[:, None] - rankdata(one)) for one in (first, second)]
    return lambda deals: signs[1][deals[:, order[0]], deals[:, order[1]]] @ signs[0][order], len(order[0])


def _interval(value: float, networks: int, kind: str, confidence: float) -> tuple[float, float]:
    """Fisher's transform; where all ranks agree, around the greatest value below, which one swap gives."""
    from scipy.stats import norm

    swapped = 12 / (networks**3 - networks) if kind == 'spearman' else 4 / (networks * (networks - 1))
    inner = float(np.clip(value, swapped - 1, 1 - swapped))
    variance = (1 + inner**2 / 2) / (networks - 3) if kind == 'spearman' else 0.437 / (networks - 4)
    reach = norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    low, high = np.tanh(np.arctanh(inner) + np.array([-reach, reach]))
    return float(min(low, value)), float(max(high, value))
