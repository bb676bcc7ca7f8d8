"""What a reader must know before believing a number."""

from collections.abc import Sequence

import numpy as np

from mmchan.design.reports.samples import Sample
from mmchan.design.sweeps import Results

TREATED = {
    'worst': 'a failed trial counts as an error of 100 %',
    'out': 'failed trials are left out, which makes the space look better where its bad networks fail',
}
ALIKE = ('epochs', 'repeats', 'train', 'path')  # of sweeps that compare like with like


def notices_of_all(sweeps: Sequence[Results]) -> list[str]:
    """In what the sweeps of a report differ though they should not."""
    found = []
    for name in ALIKE:
        values = {repr(one.settings.get(name)) for one in sweeps}
        if len(values) > 1:
            said = '' if name == 'train' else f': {", ".join(sorted(values))}'
            found.append(f'The sweeps differ in {name}{said}. Their spaces are not compared like with like.')
    return found


def notices_of_space(sample: Sample, failed: str) -> list[str]:
    """What is particular about a space's numbers."""
    found = (
        _unfit(sample),
        _failed(sample.results, failed),
        _missing(sample),
        _cut(sample.results),
        _cheap(sample),
    )
    return list(filter(None, found))


def _unfit(sample: Sample) -> str:
    if not sample.unfit:
        return ''
    return f'No distribution of {sample.name} is shown: {sample.unfit}.'


def _failed(results: Results, failed: str) -> str:
    count = int((results.statuses == 'failed').sum())
    if not count:
        return ''
    return f'{count} of {len(results)} trials of {results.name} failed: {TREATED[failed]}.'


def _missing(sample: Sample) -> str:
    results = sample.results
    count = len(results.population) - len(np.unique(results.networks))
    if not count:
        return ''
    return f'{count} of {len(results.population)} networks of {sample.name} have no result yet.'


def _cut(results: Results) -> str:
    if not results.cut:
        return ''
    return f'The last line of the table of {results.name} is half-written and is left out.'


def _cheap(sample: Sample) -> str:
    if sample.early is None or sample.unfit:
        return ''
    known = int(np.isfinite(sample.early).sum())
    return (
        f'{known} networks of {sample.name} were trained shortly, a random {len(sample)} of them to the end. '
        f'Its EDF is the difference estimator of both; all else is about those {len(sample)}.'
    )
