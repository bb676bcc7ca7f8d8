"""EDFs with their bands, normalised EDFs, how soon a random search succeeds, and comparisons of spaces."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from mmchan.design.reports.plain import plain, record
from mmchan.design.reports.samples import WORST, Sample
from mmchan.design.statistics import (
    Band,
    Edf,
    band,
    cheap_edf,
    compare,
    dkw_half_width,
    edf,
    expected_minimum_limits,
    normalised_edf,
    search_efficiency,
)

MOST_BINS = 10  # of complexity
LEAST_IN_BIN = 5  # networks of each space in each bin
CONFIDENCE = 0.95


def distribution(sample: Sample, *, seed: int) -> dict[str, object]:
    """The EDF of a space's errors with its band; that of a random part where the rest was trained shortly."""
    if sample.early is not None:
        return _cheap(sample, seed=seed)
    return distribution_of(sample.errors)


def distribution_of(errors: np.ndarray) -> dict[str, object]:
    """The EDF of errors with its band.

    Args:
        errors: Of a random sample of a space, (K,).
    """
    given = edf(errors)
    return {
        'kind': 'edf',
        'networks': given.size,
        **_stairs(given, band(given, confidence=CONFIDENCE)),
        'half_width': dkw_half_width(given.size, confidence=CONFIDENCE),
    }


def _cheap(sample: Sample, *, seed: int) -> dict[str, object]:
    known = np.isfinite(sample.early)
    final = np.full(len(sample.early), np.nan)
    final[sample.networks] = sample.errors
    found = cheap_edf(sample.early[known], final[known], confidence=CONFIDENCE, seed=seed)
    low, high = found.band(np.nextafter(found.errors[:-1], np.inf))
    columns = {
        'errors': found.errors[:-1],
        'shares': found.curve[1:],
        'low': low,
        'high': high,
    }  # behind each
    return {
        'kind': 'cheap',
        'networks': found.trained[0],
        'of': found.trained[1],
        'method': found.band.method,
        'confidence': CONFIDENCE,
        **plain(columns),
        **record(found, 'half_width', 'explained', 'worth'),
    }


def _stairs(given: Edf, limits: Band) -> dict[str, object]:
    """The shares and limits BEHIND each error that occurs: a stair with its steps at the errors."""
    errors, last = np.unique(given.errors[::-1], return_index=True)
    behind = given.size - last
    low, high = limits.low[behind], limits.high[behind]
    columns = {'errors': errors, 'shares': given.steps[behind], 'low': low, 'high': high}
    return {**plain(columns), 'method': limits.method, 'confidence': limits.confidence}


def search(sample: Sample) -> dict[str, object]:
    """The smallest error that a random search finds by its number of draws, exactly."""
    given = edf(sample.errors)
    found = search_efficiency(given, confidence=CONFIDENCE)
    limits = band(given, confidence=CONFIDENCE, method='beta')
    low, high = expected_minimum_limits(limits, found.draws, limits=(0, WORST))
    return {**record(found), **plain({'space_low': low, 'space_high': high})}


def bins(samples: Sequence[Sample], complexity: str) -> dict[str, object]:
    """Bins of complexity that the spaces have in common: as many as leave none of them nearly empty.

    Returns:
        'edges', and 'reason' where there are none.
    """
    costs = [sample.costs(complexity) for sample in samples]
    low, high = max(cost.min() for cost in costs), min(cost.max() for cost in costs)
    for count in range(MOST_BINS, 0, -1) if low < high else ():
        edges = np.linspace(low, high, count + 1)
        if all(np.histogram(cost, edges)[0].min() >= LEAST_IN_BIN for cost in costs):
            return {'edges': plain(edges), 'reason': ''}
    return {
        'edges': [],
        'reason': f'their {complexity} have too little in common: {LEAST_IN_BIN} networks of each space must '
        f'lie in the range that all have',
    }


def normalised(sample: Sample, complexity: str, edges: Sequence[float]) -> tuple[Edf, dict[str, object]]:
    """The EDF in which every bin of complexity counts the same."""
    cost = sample.costs(complexity)
    inside = (cost >= edges[0]) & (cost <= edges[-1])
    given = normalised_edf(sample.errors[inside], cost[inside], edges=edges)
    return given, {
        'networks': given.size,
        'outside': int((~inside).sum()),
        'effective_size': given.effective_size,
        'half_width': dkw_half_width(given.effective_size, confidence=CONFIDENCE),
        **_stairs(given, band(given, confidence=CONFIDENCE)),
    }


def comparisons(kind: str, edfs: Sequence[tuple[int, Edf]], *, seed: int) -> list[dict[str, object]]:
    """Every pair of spaces by the Kolmogorov-Smirnov distance of their EDFs.

    Args:
        kind: 'edf' or 'normalised'.
        edfs: Numbers of spaces and their EDFs.
        seed: Of the deals where a p-value takes some.
    """
    return [
        {'kind': kind, 'first': first, 'second': second, **_compared(one, other, seed=seed)}
        for (first, one), (second, other) in combinations(edfs, 2)
    ]


def _compared(one: Edf, other: Edf, *, seed: int) -> dict[str, object]:
    found = compare(one, other, seed=seed)
    return {**record(found), 'differ': found.differ}
