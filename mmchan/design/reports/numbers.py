"""Every number of a report, by name: plain data, and nothing else of a report computes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmchan import __version__
from mmchan.design.fitting import LineFits, fit_quantized_lines
from mmchan.design.reports import distributions, structure
from mmchan.design.reports.networks import networks
from mmchan.design.reports.notices import notices_of_all, notices_of_space
from mmchan.design.reports.parameters import COSTS, designed_blocks
from mmchan.design.reports.plain import plain
from mmchan.design.reports.samples import ERRORS, FAILED, Sample, sample_of
from mmchan.design.statistics import edf
from mmchan.design.sweeps import Results
from mmchan.errors import InputError, require, require_integer, require_known
from mmchan.progress import track

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a report is about.

    Attributes:
        error: 'minimum' over the epochs, as in the papers, or that of the 'last' one.
        complexity: 'macs', 'parameters' or 'activations', over which EDFs are normalised.
        failed: Whether a failed trial counts as the 'worst' error or is left 'out'.
        seed: Of permutations and multipliers, >= 0.
    """

    error: str = 'minimum'
    complexity: str = 'macs'
    failed: str = 'worst'
    seed: int = 0

    def __post_init__(self) -> None:
        require_known(self.error, ERRORS, 'error')
        require_known(self.complexity, COSTS, 'complexity')
        require_known(self.failed, FAILED, 'treatment of failed trials')
        require_integer(self.seed, 'seed', least=0)


def numbers(sweeps: Sequence[Results], choices: Choices) -> dict[str, object]:
    """Everything that a report of some sweeps says.

    Args:
        sweeps: At least one.
        choices: What it is about.

    Raises:
        InputError: For sweeps of different objectives, or the same one twice.
    """
    _check(sweeps)
    samples = [sample_of(one, error=choices.error, failed=choices.failed) for one in sweeps]
    computed = track(samples, 'computing', unit='sweeps')
    spaces = [_space(sample, choices) for sample in computed]
    spaces = [{**space, 'name': name} for space, name in zip(spaces, _names(sweeps), strict=True)]
    fit = [number for number, sample in enumerate(samples) if not sample.unfit]
    bins, compared = _compared(samples, fit, spaces, choices)
    return {
        'mmchan': 'sweep report',
        'format': FORMAT,
        'version': __version__,
        'error': choices.error,
        'complexity': choices.complexity,
        'failed': choices.failed,
        'seed': choices.seed,
        'confidence': distributions.CONFIDENCE,
        'objective': sweeps[0].settings['objective'],
        'notices': notices_of_all(sweeps),
        'bins': bins,
        'comparisons': compared,
        'spaces': spaces,
    }


def _check(sweeps: Sequence[Results]) -> None:
    require(len(sweeps) > 0, 'sweeps', 'at least one', 0)
    folders = Counter(one.folder.resolve() for one in sweeps)
    for folder, times in folders.items():
        require(times == 1, 'sweeps', 'different folders', f'{folder.name} {times} times')
    objectives = {str(one.settings['objective']): one.folder for one in sweeps}
    if len(objectives) > 1:
        said = ', '.join(f'{objective} ({folder})' for objective, folder in objectives.items())
        raise InputError(f'sweeps of one report must have the same objective, got {said}; report them apart')


def _names(sweeps: Sequence[Results]) -> list[str]:
    """Names that tell the sweeps apart: with the folder where two have the same."""
    times = Counter(one.name for one in sweeps)
    return [one.name if times[one.name] == 1 else f'{one.name} ({one.folder.name})' for one in sweeps]


def _compared(
    samples: Sequence[Sample], fit: Sequence[int], spaces: Sequence[dict], choices: Choices
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The common bins and all comparisons; the normalised EDFs go into their spaces."""
    if not fit:
        return {'edges': [], 'reason': 'no space has a distribution'}, []
    bins = distributions.bins([samples[one] for one in fit], choices.complexity)
    plain_edfs = [(one, edf(samples[one].errors)) for one in fit]
    found = distributions.comparisons('edf', plain_edfs, seed=choices.seed)
    if not bins['edges']:
        return bins, found
    weighted = []
    for one in fit:
        given, said = distributions.normalised(samples[one], choices.complexity, bins['edges'])
        spaces[one]['normalised'] = said
        weighted.append((one, given))
    return bins, found + distributions.comparisons('normalised', weighted, seed=choices.seed)


def _space(sample: Sample, choices: Choices) -> dict[str, object]:
    fits, widths = _fits(sample.results)
    return {
        **_heading(sample),
        **_errors(sample),
        'notices': notices_of_space(sample, choices.failed),
        **_judged(sample, fits, widths, choices),
        'curves': structure.curves(sample),
        'typical': structure.typical(sample) if sample.trained.any() else {},
        'failures': _failures(sample.results),
        'networks': networks(sample, fits),
    }


def _fits(results: Results) -> tuple[LineFits, str]:
    blocks, widths = designed_blocks(results.population)
    return fit_quantized_lines(blocks), widths


def _judged(sample: Sample, fits: LineFits, widths: str, choices: Choices) -> dict[str, object]:
    """What is only right for a random sample of the space."""
    names = ('edf', 'normalised', 'search', 'parameters', 'fit', 'tenths')
    if sample.unfit:
        return {'unfit': sample.unfit, **dict.fromkeys(names)}
    found = (
        distributions.distribution(sample, seed=choices.seed),
        None,
        distributions.search(sample),
        structure.parameters(sample, seed=choices.seed),
        structure.fit(sample, fits, widths, seed=choices.seed),
        structure.table_of_tenths(sample),
    )
    return {'unfit': '', **dict(zip(names, found, strict=True))}


def _heading(sample: Sample) -> dict[str, object]:
    """What was planned, and how much of it there is."""
    results = sample.results
    settings = results.settings
    said = {
        name: settings.get(name) for name in ('seed', 'epochs', 'repeats', 'full', 'short_epochs', 'path')
    }
    return {
        'name': sample.name,
        'folder': results.folder.name,
        'family': results.population.family,
        'settings': plain(said),
        'trials': _trials(results),
        'causes': dict(Counter(row.get('cause') or 'error' for row in _failed(results))),
        'seconds': sum(row.get('seconds') or 0.0 for row in results.rows),
        'versions': _versions(results),
        'population': len(results.population),
        'judged': len(sample),
        'failed': int((~sample.trained).sum()),
        'costs': {name: _range(sample.costs(name)) for name in COSTS} if len(sample) else {},
    }


def _trials(results: Results) -> dict[str, int]:
    done, short = int(results.is_done.sum()), int((~results.is_full).sum())
    missing = max(0, _planned(results) - len(results))
    return {'done': done, 'failed': len(results) - done, 'missing': missing, 'short': short}


def _planned(results: Results) -> int:
    """Number of trials: of all networks, and where these are short ones, of a random part once more."""
    networks, share = len(results.population), results.settings.get('full')
    again = max(1, round(share * networks)) if share else 0
    return (networks + again) * int(results.settings.get('repeats') or 1)


def _versions(results: Results) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for row in results.rows:
        for name, version in (row.get('versions') or {}).items():
            found.setdefault(name, set()).add(str(version))
    return {name: sorted(versions) for name, versions in sorted(found.items())}


def _range(values: np.ndarray) -> dict[str, float]:
    return plain({'low': values.min(), 'median': np.median(values), 'high': values.max()})


def _errors(sample: Sample) -> dict[str, object]:
    """A few numbers of the errors of networks that were judged."""
    if not len(sample):
        return {'errors': {}, 'spread': None}
    errors = sample.errors
    found = {'best': errors.min(), 'median': np.median(errors), 'mean': errors.mean(), 'worst': errors.max()}
    repeated = np.isfinite(sample.spread)
    spread = np.sqrt(np.mean(sample.spread[repeated] ** 2)) if repeated.any() else np.nan
    return plain({'errors': found, 'spread': spread})


def _failed(results: Results) -> list[Mapping[str, object]]:
    return [row for row in results.rows if row['status'] == 'failed']


def _failures(results: Results) -> list[dict[str, object]]:
    return [
        {
            'trial': row['trial'],
            'network': row['network'],
            'cause': row.get('cause') or 'error',
            'message': row.get('message') or '',
            'epochs': len(row['epochs']),
        }
        for row in _failed(results)
    ]
