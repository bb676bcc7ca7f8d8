"""From the trials of a sweep to one error per network, and what that may be used for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmchan.design.samplers import RANDOM
from mmchan.design.statistics import compare
from mmchan.design.statistics.cheap import LEAST_TRAINED
from mmchan.design.sweeps import Results

WORST = 1.0  # the error of a failed trial where it counts: the greatest that a fraction can be
ERRORS = ('minimum', 'last')
FAILED = ('worst', 'out')
CHOSEN = 0.001  # p-value below which the fully trained networks are no random part
LEAST = 5  # networks that a distribution is drawn of


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """The networks of a space that were judged, K of them, in the order of the population.

    Attributes:
        results: Where they are from.
        networks: Their places in the population, (K,).
        errors: Their errors, the mean over their repeats, (K,).
        spread: Standard deviation over the repeats, NaN where there is one, (K,).
        trials: Number of trials that count, (K,).
        failed: Number of those that failed, (K,).
        curves: One row per network of the mean error after each epoch, NaN where it has none, (K, E).
        early: Errors of short trainings of all networks that have one, NaN of others, (N,); None where the
            sweep has no short trainings.
        unfit: Why no distribution of their errors is that of the space; '' where it is.
    """

    results: Results
    networks: np.ndarray
    errors: np.ndarray
    spread: np.ndarray
    trials: np.ndarray
    failed: np.ndarray
    curves: np.ndarray
    early: np.ndarray | None
    unfit: str = ''

    def __len__(self) -> int:
        return len(self.networks)

    @property
    def name(self) -> str:
        """What the space is called."""
        return self.results.name

    @property
    def ids(self) -> np.ndarray:
        """Digests of the networks, (K,)."""
        return self.results.population.ids[self.networks]

    @property
    def trained(self) -> np.ndarray:
        """Which networks have an error of their own, not one for having failed, (K,)."""
        return self.failed < self.trials

    def costs(self, name: str) -> np.ndarray:
        """MACs, parameters or activations, (K,)."""
        return getattr(self.results.population, name)[self.networks].astype(np.float64)


def sample_of(results: Results, *, error: str, failed: str) -> Sample:
    """The networks of a sweep with one error each.

    Args:
        results: The sweep.
        error: 'minimum' over the epochs, or that of the 'last' one.
        failed: Whether a failed trial counts as the 'worst' error, or is left 'out'.
    """
    short = _errors_of(results, ~results.is_full, error, failed)
    full = _errors_of(results, results.is_full, error, failed)
    networks = np.flatnonzero(np.isfinite(full.errors))
    sample = Sample(
        results=results,
        networks=networks,
        errors=full.errors[networks],
        spread=full.spread[networks],
        trials=full.trials[networks],
        failed=full.failed[networks],
        curves=_curves(results, networks),
        early=short.errors if short.trials.any() else None,
    )
    return replace(sample, unfit=_unfit(sample))


@dataclass(frozen=True, eq=False)
class _PerNetwork:
    """Of all networks of a population, (N,) each; NaN where nothing counts."""

    errors: np.ndarray
    spread: np.ndarray
    trials: np.ndarray
    failed: np.ndarray


def _errors_of(results: Results, counts: np.ndarray, error: str, failed: str) -> _PerNetwork:
    values = getattr(results, error)
    broken = ~results.is_done
    if failed == 'out':
        counts = counts & ~broken
    networks, values = results.index[counts], np.where(broken, WORST, values)[counts]
    size = len(results.population)
    trials = np.bincount(networks, minlength=size)
    with np.errstate(invalid='ignore', divide='ignore'):  # 0 / 0 where nothing counts
        mean = np.bincount(networks, weights=values, minlength=size) / trials
        squares = np.bincount(networks, weights=(values - mean[networks]) ** 2, minlength=size)
        spread = np.where(trials > 1, np.sqrt(squares / np.maximum(trials - 1, 1)), np.nan)
    return _PerNetwork(mean, spread, trials, np.bincount(networks[broken[counts]], minlength=size))


def _curves(results: Results, networks: np.ndarray) -> np.ndarray:
    """Mean error of each network after each epoch that any trial has, (K, epochs), NaN for none."""
    curves = [(index, *curve) for index, curve in _full_curves(results)]
    last = max((int(epochs[-1]) for _, epochs, _ in curves if len(epochs)), default=0)
    sums, counts = np.zeros((2, len(results.population), last + 1))
    for index, epochs, errors in curves:
        sums[index, epochs.astype(np.int64)] += errors
        counts[index, epochs.astype(np.int64)] += 1
    with np.errstate(invalid='ignore', divide='ignore'):  # 0 / 0 where nothing was evaluated
        return (sums / counts)[networks, 1:]


def _full_curves(results: Results) -> list[tuple[int, np.ndarray]]:
    """Network and curve of each full training that came to its end."""
    chosen = np.flatnonzero(results.is_full & results.is_done)
    return [(int(results.index[one]), results.curves[one]) for one in chosen]


def _unfit(sample: Sample) -> str:
    """Why the errors are not a random sample of the space's; the first reason that holds."""
    reasons = (_too_few(sample), _not_drawn(sample.results), _stopped_early(sample.results), _chosen(sample))
    return next(filter(None, reasons), '')


def _too_few(sample: Sample) -> str:
    least = LEAST if sample.early is None else LEAST_TRAINED
    if len(sample) >= least:
        return ''
    kind = 'trained to the end' if sample.early is not None else 'with an error'
    return f'it has {len(sample)} networks {kind}, a distribution takes {least}'


def _not_drawn(results: Results) -> str:
    """Whether the networks were found or given, instead of drawn by the law of the space."""
    if results.settings.get('given') is not None:
        return 'its networks were given, not drawn from the space'
    sampler = results.settings.get('sampler', RANDOM)
    if sampler == RANDOM:
        return ''
    return (
        f'its networks were sought by {sampler}, which draws where errors are small: they are no random part'
    )


def _stopped_early(results: Results) -> str:
    curves, planned = _full_curves(results), results.settings['epochs']
    short = sum(not epochs.size or epochs[-1] < planned for _, (epochs, _) in curves)
    if not short:
        return ''
    return (
        f'{short} of {len(curves)} trainings ended before epoch {planned}: stopping early censors the errors'
    )


def _chosen(sample: Sample) -> str:
    """Whether the fully trained part of a sweep with short trainings is a random one."""
    if sample.early is None:
        return ''
    settings = sample.results.settings
    if not settings.get('full'):
        return 'some networks have short trainings, but the sweep planned no random part of full ones'
    trained = np.zeros(len(sample.early), dtype=bool)
    trained[sample.networks] = True
    known = np.isfinite(sample.early)
    groups: Sequence[np.ndarray] = (sample.early[known & trained], sample.early[known & ~trained])
    if min(map(len, groups)) == 0 or compare(*groups).p_value >= CHOSEN:
        return ''
    better = 'better' if np.median(groups[0]) < np.median(groups[1]) else 'worse'
    return f'the networks trained to the end began {better} than the others: they are no random part'
