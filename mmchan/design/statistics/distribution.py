"""Empirical distribution functions of errors: how a design space is judged.

The share of networks whose error is BELOW a value, with a strict '<' as in the paper; pycls draws '<='. The
two differ at the errors themselves alone.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mmchan.design.statistics.inputs import as_long, numbers, shares_of
from mmchan.errors import InputError, require


@dataclass(frozen=True, eq=False)
class Edf:
    """The empirical distribution function of a population's errors.

    Call it with errors: it gives the weighted share of networks whose error is strictly below them.

    Attributes:
        errors: Ascending, (N,). Infinite is the error of what diverged.
        weights: Of these networks, (N,); they sum to 1.
        bins: Their bins of complexity from 0 on, (N,), of a normalised EDF; None of any other.
    """

    errors: np.ndarray
    weights: np.ndarray
    bins: np.ndarray | None = None

    def __call__(self, error: ArrayLike) -> np.ndarray:
        return self.steps[np.searchsorted(self.errors, error, side='left')]

    @cached_property
    def steps(self) -> np.ndarray:
        """Its values, (N + 1,), where none, one, … all of the networks are below an error."""
        if not self.is_weighted:
            return np.arange(self.size + 1) / self.size
        sums = np.concatenate(([0.0], np.cumsum(self.weights)))
        sums[-1] = 1.0
        return sums

    @property
    def size(self) -> int:
        """Number of networks."""
        return len(self.errors)

    @property
    def is_weighted(self) -> bool:
        """Whether the networks count differently."""
        return bool(np.ptp(self.weights) > 1e-12 * self.weights[0])

    @property
    def effective_size(self) -> float:
        """How many networks of equal weight vary as much: 1 over the sum of squared weights.

        Source: L. Kish, Survey Sampling, Wiley 1965, section 11.7.
        """
        return float(1 / np.sum(self.weights**2))


def edf(errors: ArrayLike, *, weights: ArrayLike | None = None) -> Edf:
    """The empirical distribution function of errors.

    Args:
        errors: One per network, (N,), in any order; infinite for what diverged.
        weights: How much each network counts, (N,), >= 0; all the same by default.

    Returns:
        A function of errors, with its steps.

    Raises:
        InputError: For NaN among the errors, or weights that are no weights.

    Source: arXiv:2003.13678, section 3.1, equation 1.

    >>> space = edf([30, 20, 40, 20])
    >>> [float(space(error)) for error in (20, 20.1, 35, 99)]
    [0.0, 0.5, 0.75, 1.0]
    """
    errors = numbers(errors, 'errors', infinite=True)
    order = np.argsort(errors, kind='stable')
    return Edf(errors[order], shares_of(weights, len(errors))[order])


def bins_of(complexity: ArrayLike, edges: ArrayLike) -> np.ndarray:
    """The bin of each complexity, from 0 on, (N,).

    Args:
        complexity: Such as MACs or parameters, one per network, (N,).
        edges: Of the bins, strictly ascending; a bin holds its lower edge, the last one also its upper edge.

    Raises:
        InputError: For a complexity outside the edges, a bin without a network, or edges that do not ascend.

    >>> bins_of([1, 5, 10, 7], [0, 5, 10]).tolist()
    [0, 1, 1, 1]
    """
    edges = numbers(edges, 'edges', least=2)
    require(bool((np.diff(edges) > 0).all()), 'edges', 'strictly ascending', edges.tolist())
    complexity = numbers(complexity, 'complexity')
    rule = f'within the edges [{edges[0]:g}, {edges[-1]:g}]: widen them, or leave out what lies outside'
    outside = complexity[(complexity < edges[0]) | (complexity > edges[-1])]
    require(not len(outside), 'complexity', rule, outside.tolist()[:3])
    found = np.minimum(np.searchsorted(edges, complexity, side='right') - 1, len(edges) - 2)
    _require_no_empty_bin(found, edges)
    return found


def bin_weights(complexity: ArrayLike, edges: ArrayLike) -> np.ndarray:
    """Weights with which every bin of complexity counts the same, and within a bin every network.

    Args:
        complexity: Such as MACs or parameters, one per network, (N,).
        edges: Of the bins, see :func:`bins_of`.

    Returns:
        1 over the number of networks in the bin and the number of bins, (N,); they sum to 1.

    Raises:
        InputError: As :func:`bins_of`.

    Source: arXiv:1905.13214, 'Controlling for complexity'; ``compute_norm_ws`` in the notebooks of
    facebookresearch/nds.

    >>> bin_weights([1, 5, 10, 7], [0, 5, 10]).round(3).tolist()
    [0.5, 0.167, 0.167, 0.167]
    """
    return _weights_of_bins(bins_of(complexity, edges))


def normalised_edf(errors: ArrayLike, complexity: ArrayLike, *, edges: ArrayLike) -> Edf:
    """The EDF that design spaces of different complexities are compared by.

    It estimates the mean over the bins of the spaces' distribution within a bin. Take the same edges for all
    spaces that are compared.

    Args:
        errors: One per network, (N,).
        complexity: Such as MACs or parameters, one per network, (N,).
        edges: Of the bins, see :func:`bins_of`.

    Raises:
        InputError: As :func:`bins_of` and :func:`edf`.

    Source: arXiv:1905.13214, 'Controlling for complexity'.
    """
    errors = numbers(errors, 'errors', infinite=True)
    bins = as_long(bins_of(complexity, edges), 'complexity', errors, 'errors')
    order = np.argsort(errors, kind='stable')
    return Edf(errors[order], _weights_of_bins(bins)[order], bins[order])


def as_edf(errors: Edf | ArrayLike) -> Edf:
    """An EDF as it is, anything else as the errors of one."""
    return errors if isinstance(errors, Edf) else edf(errors)


def weighted_quantile(
    values: ArrayLike, shares: ArrayLike, *, weights: ArrayLike | None = None
) -> np.ndarray:
    """The smallest values up to which at least these shares of all weight lie.

    Always one of the values: between 1 and 2 there is no bottleneck ratio.

    Args:
        values: One per network, (N,).
        shares: Within [0, 1], any shape.
        weights: How much each value counts, (N,); all the same by default.

    Returns:
        As many values as shares.

    Source: the inverse of the distribution function, definition 1 of R. Hyndman and Y. Fan, Sample quantiles
    in statistical packages, The American Statistician 50 (1996).

    >>> weighted_quantile([4, 1, 2], 0.5, weights=[1, 1, 2]).item()
    2.0
    """
    values = numbers(values, 'values')
    order = np.argsort(values, kind='stable')
    sums = np.cumsum(shares_of(weights, len(values))[order])
    wanted = (
        np.asarray(shares, dtype=np.float64) - 1e-12
    )  # 0.1 + 0.2 + … of weights may miss a share by a bit
    return values[order][np.minimum(np.searchsorted(sums, wanted, side='left'), len(values) - 1)]


def _weights_of_bins(bins: np.ndarray) -> np.ndarray:
    counts = np.bincount(bins)
    return 1 / (counts[bins] * len(counts))


def _require_no_empty_bin(bins: np.ndarray, edges: np.ndarray) -> None:
    empty = np.flatnonzero(np.bincount(bins, minlength=len(edges) - 1) == 0)
    if len(empty):
        named = ', '.join(f'{edges[one]:g} to {edges[one + 1]:g}' for one in empty[:3])
        raise InputError(
            f'every bin of complexity must hold a network, got none from {named} '
            f'({len(empty)} of {len(edges) - 1} bins): use fewer bins or a narrower range'
        )
