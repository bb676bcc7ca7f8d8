"""What a search found: the tenths of its networks, its best ones, and the conventions beside them.

Source: arXiv:2007.00992v3, section 4 and its tables 1 and 3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.design.spaces import Population
from mmchan.design.statistics import Tenth, Tenths, tenths
from mmchan.design.sweeps.results import Results, read_results
from mmchan.errors import InputError

CONVENTIONS_FOLDER = 'conventions'
LEAST = 3  # networks that tenths need


@dataclass(frozen=True, eq=False)
class Trained:
    """Networks and their errors.

    Attributes:
        population: The networks, (N,).
        errors: Of the last epoch, averaged over a network's trainings, (N,); NaN where one failed.
        spread: Standard deviation over the trainings, (N,); NaN for a single one.
    """

    population: Population
    errors: np.ndarray
    spread: np.ndarray

    @cached_property
    def done(self) -> np.ndarray:
        """Indices of those that were trained, best first."""
        order = np.argsort(self.errors, kind='stable')
        return order[: np.count_nonzero(~np.isnan(self.errors))]

    def widths(self, network: int) -> tuple[int, ...]:
        """Width of every block of one network."""
        return self.population.plan(network).widths


def trained(results: Results) -> Trained:
    """The networks of a sweep, those whose trainings are all recorded."""
    count = len(results.population)
    by_network: list[list[float]] = [[] for _ in range(count)]
    for index, error in zip(results.index.tolist(), results.last.tolist(), strict=True):
        by_network[index].append(error)
    repeats = int(results.settings['repeats'])
    whole = [index for index, errors in enumerate(by_network) if len(errors) == repeats]
    errors = np.array([by_network[index] for index in whole]).reshape(len(whole), repeats)
    spread = errors.std(axis=1, ddof=1) if repeats > 1 else np.full(len(whole), np.nan)
    return Trained(results.population.take(whole), errors.mean(axis=1), spread)


@dataclass(frozen=True, eq=False)
class SearchOutcome:
    """What a search found.

    Attributes:
        settings: What its ``sweep.json`` says.
        searched: The networks that it drew.
        conventions: By name the conventional configuration, and its place in ``conventional``.
        conventional: Those networks; None where none is trained.
    """

    settings: Mapping[str, object]
    searched: Trained
    conventions: Mapping[str, int]
    conventional: Trained | None

    @cached_property
    def tenths(self) -> Tenths:
        """The best, the middle and the worst tenth of those that were trained; members are indices."""
        done = self.searched.done
        if len(done) < LEAST:
            raise InputError(f'tenths need {LEAST} trained networks, this search has {len(done)} so far')
        errors = np.where(np.isnan(self.searched.errors), np.inf, self.searched.errors)[done]
        groups = tenths(errors)
        return Tenths(*(_with_members(one, done) for one in (groups.best, groups.middle, groups.worst)))

    def best(self, count: int) -> list[int]:
        """Indices of the best networks."""
        return self.searched.done[:count].tolist()

    def share_better_than(self, error: float) -> float:
        """The share of the searched networks whose error is below one's."""
        errors = self.searched.errors[self.searched.done]
        return float(np.mean(errors < error))


def _with_members(tenth: Tenth, done: np.ndarray) -> Tenth:
    return replace(tenth, members=done[tenth.members])


def read_search(folder: str | Path) -> SearchOutcome:
    """Read the folder of a search, also of one that still runs.

    Raises:
        InputError: For a folder that is none of a sweep, or one of another version.
    """
    folder = Path(folder)
    results = read_results(folder)
    beside = folder / CONVENTIONS_FOLDER
    if not (beside / 'sweep.json').exists():
        return SearchOutcome(results.settings, trained(results), {}, None)
    conventional = read_results(beside)
    compared = trained(conventional)
    place = {network: index for index, network in enumerate(compared.population.ids.tolist())}
    named = dict(conventional.settings['names'])
    known = {name: place[network] for name, network in named.items() if network in place}
    return SearchOutcome(results.settings, trained(results), known, compared)


def numbers(outcome: SearchOutcome, *, best: int = 3) -> dict[str, object]:
    """Every number of a search as plain data.

    Args:
        outcome: Of :func:`read_search`.
        best: How many of the best networks are told one by one.
    """
    searched = outcome.searched
    groups = {name: getattr(outcome.tenths, name) for name in ('best', 'middle', 'worst')}
    return {
        'space': outcome.settings['space']['name'],
        'sampler': outcome.settings['sampler'],
        'seed': outcome.settings['seed'],
        'epochs': outcome.settings['epochs'],
        'repeats': outcome.settings['repeats'],
        'objective': outcome.settings['objective'],
        'networks': len(searched.errors),
        'failed': int(np.isnan(searched.errors).sum()),
        'tenths': {name: _tenth(searched, group) for name, group in groups.items()},
        'best': [_network(searched, index) for index in outcome.best(best)],
        'conventions': [
            {
                'name': name,
                **_network(outcome.conventional, index),
                'share_of_searched_that_is_better': outcome.share_better_than(
                    outcome.conventional.errors[index]
                ),
            }
            for name, index in outcome.conventions.items()
        ],
    }


def _tenth(trained: Trained, group: Tenth) -> dict[str, object]:
    members = group.members.tolist()
    errors = trained.errors[members]
    return {
        'networks': len(members),
        'mean': group.mean,
        'std': float(errors.std(ddof=1)) if len(members) > 1 else None,
        'low': group.low,
        'high': group.high,
        'macs': float(trained.population.macs[members].mean()),
        'parameters': float(trained.population.parameters[members].mean()),
        'mean_widths': _mean_widths([trained.widths(index) for index in members]),
    }


def _mean_widths(widths: Sequence[Sequence[int]]) -> list[float] | None:
    """Mean width of every block, where all networks have as many."""
    if len({len(row) for row in widths}) != 1:
        return None
    return np.mean(np.array(widths), axis=0).round(2).tolist()


def _network(trained: Trained, index: int) -> dict[str, object]:
    error, spread = float(trained.errors[index]), float(trained.spread[index])
    return {
        'id': str(trained.population.ids[index]),
        'error': None if np.isnan(error) else error,
        'std': None if np.isnan(spread) else spread,
        'macs': int(trained.population.macs[index]),
        'parameters': int(trained.population.parameters[index]),
        'widths': list(trained.widths(index)),
        'arch': trained.population.arch(index),
    }
