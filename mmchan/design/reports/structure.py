"""What good networks have in common: parameters, fitted lines, widths per block, tenths, curves."""

import numpy as np

from mmchan.design.fitting import LineFits
from mmchan.design.reports.parameters import blocks, columns
from mmchan.design.reports.plain import plain, record
from mmchan.design.reports.samples import Sample
from mmchan.design.statistics import (
    Tenth,
    best_median_worst,
    best_value,
    correlation,
    mean_widths,
    tenths,
)

CONFIDENCE = 0.95
DEALS = 1999  # for the p-value of each parameter's correlation
MIDDLE = (0.1, 0.5, 0.9)  # shares of networks below the curves that are drawn


def parameters(sample: Sample, *, seed: int) -> dict[str, dict[str, object]]:
    """For each parameter the value that the best networks have, and how errors go with it."""
    found = columns(sample.results.population)
    return {name: _parameter(sample, values[sample.networks], seed=seed) for name, values in found.items()}


def _parameter(sample: Sample, values: np.ndarray, *, seed: int) -> dict[str, object]:
    best = best_value(sample.errors, values, confidence=CONFIDENCE)
    names = ('median', 'low', 'high', 'confidence', 'draws', 'carriers')
    return {**record(best, *names), 'correlation': related(values, sample.errors, seed=seed)}


def related(values: np.ndarray, errors: np.ndarray, *, seed: int) -> dict[str, object] | None:
    """Spearman's correlation with its interval; None where one of the two is the same in all networks."""
    if np.ptp(values) == 0 or np.ptp(errors) == 0:
        return None
    return record(correlation(values, errors, confidence=CONFIDENCE, permutations=DEALS, seed=seed))


def fit(sample: Sample, fits: LineFits, widths: str, *, seed: int) -> dict[str, object]:
    """How near the networks are to quantised lines, and whether near ones are better.

    Args:
        sample: The networks.
        fits: Lines of all networks of the population.
        widths: 'before' or 'after' they were fitted to groups.
        seed: Of the p-value.
    """
    errors = fits.errors[sample.networks]
    return {
        'widths': widths,
        'median': float(np.median(errors)),
        'greatest': float(errors.max()),
        'exact': int((errors < 1e-9).sum()),
        'correlation': related(errors, sample.errors, seed=seed),
    }


def table_of_tenths(sample: Sample) -> dict[str, object]:
    """The best, the middle and the worst tenth: errors and mean widths per block."""
    groups = tenths(sample.errors)
    per_block = blocks(sample.results.population)[sample.networks]
    return {name: _tenth(sample, per_block, getattr(groups, name)) for name in ('best', 'middle', 'worst')}


def _tenth(sample: Sample, per_block: np.ndarray, group: Tenth) -> dict[str, object]:
    costs = {name: sample.costs(name)[group.members].mean() for name in ('macs', 'parameters')}
    return plain(
        {
            'networks': len(group.members),
            'members': sample.ids[group.members],
            'mean': group.mean,
            'low': group.low,
            'high': group.high,
            **costs,
            'widths': mean_widths(per_block, group.members),
        }
    )


def typical(sample: Sample) -> dict[str, dict[str, object]]:
    """The best, the median and the worst network that was trained, with their widths per block."""
    trained = np.flatnonzero(sample.trained)
    chosen = trained[list(best_median_worst(sample.errors[trained]))]
    per_block = blocks(sample.results.population)[sample.networks[chosen]]
    return {
        name: plain(
            {
                'network': int(place),
                'id': sample.ids[place],
                'error': sample.errors[place],
                'widths': widths[np.isfinite(widths)],
                'curve': sample.curves[place],
            }
        )
        for name, place, widths in zip(('best', 'median', 'worst'), chosen, per_block, strict=True)
    }


def curves(sample: Sample) -> dict[str, object]:
    """By epoch, the errors below which a tenth, half and nine tenths of the trained networks are."""
    there = np.isfinite(sample.curves)
    whole = there[:, there.any(axis=0)].all(axis=1)  # a network that failed midway would bend the quantiles
    epochs = np.flatnonzero(there.any(axis=0)) + 1
    rows = sample.curves[whole][:, epochs - 1]
    if not len(rows):
        return {'networks': 0, 'epochs': [], 'low': [], 'median': [], 'high': []}
    low, median, high = np.quantile(rows, MIDDLE, axis=0, method='inverted_cdf')
    return {'networks': len(rows), **plain({'epochs': epochs, 'low': low, 'median': median, 'high': high})}
