"""Do two design spaces differ, and how small a difference could so few networks have shown?"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.distribution import Edf, as_edf
from mmchan.design.statistics.inputs import Seed, open_share, portions
from mmchan.errors import require, require_integer

MOST_EXACT = 10_000  # networks; SciPy's limit of the exact law too


@dataclass(frozen=True)
class Comparison:
    """How far two EDFs are apart, and what that says.

    Attributes:
        difference: The greatest distance between the EDFs, the Kolmogorov-Smirnov statistic.
        signed: The same, above 0 where more networks of the first space are below ``error``: it is better.
        error: Where the distance is greatest: just above this error.
        p_value: How probable a distance as great is between two samples of the same space.
        method: 'exact', 'asymptotic' or 'permutation'.
        smallest: The smallest distance between samples of these sizes that counts as a difference. A true one
            as great is seen in at least half of all comparisons (in five of six between two normal laws), a
            smaller one less often.
        significance: Below which a p-value counts as a difference.
        sizes: Networks of the first and the second space; effective numbers where they are weighted.
    """

    difference: float
    signed: float
    error: float
    p_value: float
    method: str
    smallest: float
    significance: float
    sizes: tuple[float, float]

    @property
    def differ(self) -> bool:
        """Whether the spaces differ, at this significance."""
        return self.p_value < self.significance

    def __str__(self) -> str:
        first, second = self.sizes
        return (
            f'D = {self.difference:.3f} just above error {self.error:g}, '
            f'p = {self.p_value:.2g} ({self.method}); '
            f'{first:.0f} and {second:.0f} networks show differences from {self.smallest:.3f} on '
            f'at a significance of {self.significance:g}'
        )


def smallest_difference(first: float, second: float, *, significance: float = 0.05) -> float:
    """The smallest Kolmogorov-Smirnov distance that counts as a difference between two samples.

    Args:
        first: Networks of the first sample, or their effective number.
        second: Those of the second.
        significance: Of the test.

    Source: N. Smirnov, Table for estimating the goodness of fit of empirical distributions, The Annals of
    Mathematical Statistics 19 (1948), the first term of the limit; right to 0.02 from 30 networks on.

    >>> [round(smallest_difference(size, size), 3) for size in (30, 100, 500)]
    [0.351, 0.192, 0.086]
    """
    open_share(significance, 'significance')
    require(min(first, second) >= 1, 'sizes', '>= 1', (first, second))
    return float(np.sqrt(-np.log(significance / 2) / 2 * (1 / first + 1 / second)))


def compare(
    first: Edf | ArrayLike,
    second: Edf | ArrayLike,
    *,
    significance: float = 0.05,
    permutations: int = 9999,
    seed: Seed = 0,
) -> Comparison:
    """Compare two spaces by the Kolmogorov-Smirnov distance of their EDFs.

    Networks of equal weight and without equal errors have a known law, exact up to 10,000 of them. With ties
    it would understate the difference, and for weighted networks it is wrong: there the networks are dealt to
    the two spaces at random, many times, with their weights. Networks of normalised EDFs are dealt within
    their bin of complexity and weighted anew: the question is then whether errors within a bin differ.

    Args:
        first: An EDF of the one space, or its errors, (N,).
        second: Those of the other. Either both or none are normalised, over the same bins.
        significance: Below which a p-value counts as a difference.
        permutations: Number of random deals; no p-value is below 1 / (permutations + 1).
        seed: Of the deals.

    Raises:
        InputError: For normalised EDFs of different bins, or one of them alone.

    Source: the exact law: J. Hodges, The significance probability of the Smirnov two-sample test, Arkiv foer
    Matematik 3 (1958), in SciPy; the p-value of permutations: B. Phipson and G. Smyth, Permutation p-values
    should never be zero, Statistical Applications in Genetics and Molecular Biology 9 (2010).

    >>> result = compare(np.arange(30), np.arange(30) + 19.5)
    >>> round(result.difference, 3), result.method, round(result.smallest, 3), result.differ
    (0.667, 'exact', 0.351, True)
    """
    first, second = as_edf(first), as_edf(second)
    require_integer(permutations, 'permutations', least=99)
    sizes = first.effective_size, second.effective_size
    smallest = smallest_difference(*sizes, significance=significance)
    pool = _Pool.of(first, second)
    gap = pool.gap(pool.is_first[None])[0]
    place = int(np.argmax(np.abs(gap)))
    if pool.has_known_law:
        p_value, method = _known_law(first.errors, second.errors)
    else:
        p_value = pool.p_value(np.abs(gap[place]), permutations, np.random.default_rng(seed))
        method = 'permutation'
    return Comparison(
        difference=float(np.abs(gap[place])),
        signed=float(gap[place]),
        error=float(pool.errors[pool.ends][place]),
        p_value=p_value,
        method=method,
        smallest=smallest,
        significance=significance,
        sizes=sizes,
    )


def _known_law(first: np.ndarray, second: np.ndarray) -> tuple[float, str]:
    from scipy.stats import ks_2samp

    exact = max(len(first), len(second)) <= MOST_EXACT
    with (
        warnings.catch_warnings()
    ):  # where the p-value is 1 but for its last bits, the exact sum may exceed it
        warnings.simplefilter('ignore', RuntimeWarning)
        found = ks_2samp(first, second, method='exact' if exact else 'asymp')
    return float(found.pvalue), 'exact' if exact else 'asymptotic'


@dataclass(frozen=True, eq=False)
class _Pool:
    """The networks of two spaces together, by ascending error.

    Attributes:
        errors: (N,).
        is_first: Whether a network belongs to the first space, (N,).
        weights: What each counts among others of its space, as one of the first and of the second, (2, N).
        bins: Within each of which the networks may be dealt anew, (N,).
        ends: Whether a network is the last of those with its error, (N,).
        is_plain: Whether all networks of a space count the same.
    """

    errors: np.ndarray
    is_first: np.ndarray
    weights: np.ndarray
    bins: np.ndarray
    ends: np.ndarray
    is_plain: bool

    @classmethod
    def of(cls, first: Edf, second: Edf) -> '_Pool':
        errors = np.concatenate((first.errors, second.errors))
        order = np.argsort(errors, kind='stable')
        bins, weights = _bins_and_weights(first, second)
        errors = errors[order]
        return cls(
            errors=errors,
            is_first=order < first.size,
            weights=weights[:, order],
            bins=bins[order],
            ends=np.append(errors[1:] != errors[:-1], True),
            is_plain=not (first.is_weighted or second.is_weighted),
        )

    @property
    def has_known_law(self) -> bool:
        """Whether SciPy's law holds: no weights, no ties, one bin."""
        return self.is_plain and bool(self.ends.all()) and not self.bins.any()

    def gap(self, is_first: np.ndarray) -> np.ndarray:
        """The first EDF less the second, just above each error that occurs, (P, errors), of deals (P, N)."""
        shares = [
            np.where(mine, one, 0) for mine, one in zip((is_first, ~is_first), self.weights, strict=True)
        ]
        shares = [share / share.sum(axis=1, keepdims=True) for share in shares]
        return np.cumsum(shares[0] - shares[1], axis=1)[:, self.ends]

    def p_value(self, difference: float, permutations: int, rng: np.random.Generator) -> float:
        """The share of deals, the true one among them, whose EDFs are as far apart."""
        as_far = 1
        for count in portions(permutations, len(self.errors)):
            far = np.abs(self.gap(self.deals(count, rng))).max(axis=1)
            as_far += int(np.sum(far >= difference - 1e-9))  # sums of weights differ in their last bits
        return as_far / (permutations + 1)

    def deals(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Random deals, (count, N), that leave each bin its numbers of networks of either space."""
        dealt = np.empty((count, len(self.bins)), dtype=bool)
        for one in np.unique(self.bins):
            here = np.flatnonzero(self.bins == one)
            dealt[:, here] = rng.permuted(np.tile(self.is_first[here], (count, 1)), axis=1)
        return dealt


def _bins_and_weights(first: Edf, second: Edf) -> tuple[np.ndarray, np.ndarray]:
    """Of the pooled networks, in the order given: bins (N,), and weights in either space (2, N)."""
    if first.bins is None and second.bins is None:
        weights = np.concatenate((first.weights * first.size, second.weights * second.size))
        return np.zeros(len(weights), dtype=np.int64), np.stack((weights, weights))
    both = first.bins is not None and second.bins is not None
    require(both, 'EDFs', 'both normalised or both not', 'one normalised EDF')
    counts = [np.bincount(one.bins) for one in (first, second)]
    rule = 'normalised over the same bins'
    require(len(counts[0]) == len(counts[1]), 'EDFs', rule, f'{len(counts[0])} and {len(counts[1])} bins')
    bins = np.concatenate((first.bins, second.bins))
    return bins, np.stack([1 / (count[bins] * len(count)) for count in counts])
