"""What a reader must know before believing a number."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmchan.design.reports.samples import Sample
from mmchan.design.sweeps import Results

TREATED = {
    'worst': 'a failed trial counts as an error of 100 %',
    'out': 'failed trials are left out, which makes the space look better where its bad networks fail',
}
ALIKE = ('epochs', 'short_epochs', 'repeats', 'path')  # of sweeps that compare like with like


def notices_of_all(sweeps: Sequence[Results]) -> list[str]:
    """In what the sweeps of a report differ though they should not."""
    differing = []
    for name in ALIKE:
        values = sorted({repr(one.settings.get(name)) for one in sweeps})
        differing += [f'{name} ({", ".join(values)})'] * (len(values) > 1)
    if len({_training(one.settings.get('train')) for one in sweeps}) > 1:
        differing.append('their training configs')
    if not differing:
        return []
    return [f'The sweeps differ in {" and ".join(differing)}: spaces are not compared like with like.']


def _training(said: object) -> str:
    """What tells one training config from another, whatever the file's name."""
    return str(said.get('digest', said)) if isinstance(said, Mapping) else str(said)


def notices_of_space(sample: Sample, failed: str) -> list[str]:
    """What is particular about a space's numbers."""
    found = (
        _unfit(sample),
        _failed(sample.results, failed),
        _missing(sample),
        _broken(sample.results),
        _cheap(sample),
    )
    return list(filter(None, found))


def _unfit(sample: Sample) -> str:
    if not sample.unfit:
        return ''
    return f'No distribution of {sample.name} is shown: {sample.unfit}.'


def _failed(results: Results, failed: str) -> str:
    count = int((~results.is_done).sum())
    if not count:
        return ''
    return f'{count} of {len(results)} trials of {results.name} failed: {TREATED[failed]}.'


def _missing(sample: Sample) -> str:
    results = sample.results
    count = len(results.population) - len(np.unique(results.index))
    if not count:
        return ''
    return f'{count} of {len(results.population)} networks of {sample.name} have no result yet.'


def _broken(results: Results) -> str:
    if not results.broken:
        return ''
    return (
        f'{results.broken} lines of the table of {results.name} are half-written or damaged, and left out; '
        f'`mmchan sweep run` with the same config runs their trials again.'
    )


def _cheap(sample: Sample) -> str:
    if sample.early is None or sample.unfit:
        return ''
    known = int(np.isfinite(sample.early).sum())
    return (
        f'{known} networks of {sample.name} were trained shortly, a random {len(sample)} of them to the end. '
        f'Its EDF is the difference estimator of both; all else is about those {len(sample)}.'
    )
