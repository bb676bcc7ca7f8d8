"""EDFs, pairs of spaces, and random search."""

from collections.abc import Mapping
from html import escape

from mmchan.design.reports.chapters.common import Drawn, Parts, cells, spaces_with
from mmchan.design.reports.chapters.spaces import KINDS
from mmchan.design.reports.html import Values, figures, paragraph, table, tables

EDFS = """The higher a curve, the better the space: more of its networks are below an error. A band
holds the whole curve of its space with the confidence, not only single points of it. Where bands
overlap, the table of pairs decides."""
PAIRS = """D is the Kolmogorov-Smirnov distance of two EDFs. Samples of these sizes show as a difference
only what is at least as great as the last column says; a true one as great is seen in at least half of
such comparisons. Of twenty pairs of equal spaces one has a p below 0.05 by chance."""
SEARCH = """The mean error of the best of some networks drawn at random is exact for these populations,
nothing is simulated. The last column limits it for the space itself: where it is wide, the population
is too small to tell."""


def distributions(values: Values, drawn: Drawn) -> Parts:
    """EDFs, their bands and the pairs of spaces."""
    fit = spaces_with(values, 'edf')
    if not fit:
        return []
    rows = [[escape(space['name']), *_band(values, number, space)] for number, space in fit]
    headings = ('space', 'networks', 'band ±', 'normalised: networks', 'worth of equal ones', 'band ±')
    reason = values.of('bins.reason')
    parts = [paragraph(EDFS), figures(drawn), table('Half widths of the bands', headings, rows)]
    return [*parts, paragraph(f'No normalised EDFs: {escape(reason)}.') if reason else '', _pairs(values)]


def _band(values: Values, number: int, space: Mapping) -> list[str]:
    at = f'spaces.{number}'
    networks, width = cells(values, f'{at}.edf', ('networks', 'count'), ('half_width', 'share'))
    if space['edf']['kind'] == 'cheap':
        networks += f' of {values.show(f"{at}.edf.of", "count")}'
    kinds = (('networks', 'count'), ('effective_size', 'count'), ('half_width', 'share'))
    return [networks, width, *cells(values, f'{at}.normalised', *kinds)]


def _pairs(values: Values) -> str:
    count = len(values.numbers['comparisons'])
    if not count:
        return ''
    headings = ('spaces', 'by', 'greatest difference D', 'just above error (%)', 'p', 'p from')
    rows = [_pair(values, number) for number in range(count)]
    return table('Pairs of spaces', (*headings, 'smallest D to be seen'), rows) + paragraph(PAIRS)


def _pair(values: Values, number: int) -> list[str]:
    at = f'comparisons.{number}'
    found = values.of(at)
    names = [values.of(f'spaces.{found[one]}.name') for one in ('first', 'second')]
    kinds = [('difference', 'share'), ('error', 'percent'), ('p_value', 'p'), ('method', 'text')]
    shown = cells(values, at, *kinds, ('smallest', 'share'))
    return [escape(' and '.join(names)), KINDS[found['kind']], *shown]


def search(values: Values, drawn: Drawn) -> Parts:
    """How soon a random search succeeds."""
    found = [_search(values, number, space) for number, space in spaces_with(values, 'search')]
    return [paragraph(SEARCH), figures(drawn), tables(found)] if drawn else []


def _search(values: Values, number: int, space: Mapping) -> str:
    at = f'spaces.{number}.search'
    rows = [
        [
            *cells(values, at, (f'draws.{place}', 'count'), (f'expected.{place}', 'percent')),
            values.interval(f'{at}.low.{place}', f'{at}.high.{place}', 'percent'),
            values.interval(f'{at}.space_low.{place}', f'{at}.space_high.{place}', 'percent'),
        ]
        for place in range(len(space['search']['draws']))
    ]
    headings = ('networks drawn', 'mean error of the best (%)', '95 % of searches end (%)', 'the space (%)')
    return table(f'{space["name"]}: random search', headings, rows)
