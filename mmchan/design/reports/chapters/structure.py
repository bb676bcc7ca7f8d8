"""What good networks have in common, and how they were trained."""

from collections.abc import Mapping
from html import escape

from mmchan.design.reports.chapters.common import (
    RELATED,
    Drawn,
    Parts,
    button,
    cells,
    related,
    spaces_with,
    widths,
)
from mmchan.design.reports.figures import title_of
from mmchan.design.reports.html import Values, figures, paragraph, table, tables
from mmchan.design.reports.parameters import COSTS

PARAMETERS = """If a quarter of the networks were drawn again and again, which value would the best of
them have? The median and the interval that holds it in 95 % of the draws are exact; in the figures they
are a dashed line and its ground. They rest on few networks, however many were trained: on as many of
the best as the column carriers says. The rank correlation (Spearman) is that of the parameter and the
error: below 0, greater values are better. Of many parameters, one in twenty has a p below 0.05 by
chance."""
FIT = """The fitting error of a network is the mean over its blocks of |ln(predicted / width)|, for the
quantised line that fits it best. A correlation with the error above 0 says that networks near to a line
are better. The widths are those before or after they were fitted to groups, as the table says: the
parameters of some families only tell the second."""
TENTHS = """As in table 3 of the ReXNet paper. The width of a block is the mean over those networks of
the tenth that have it."""
CURVES = """By epoch, for networks that were trained to the end: what failed is not among these curves."""


def parameters(values: Values, drawn: Drawn) -> Parts:
    """Which values the best networks have."""
    found = [_parameters(values, number, space) for number, space in spaces_with(values, 'parameters')]
    return [paragraph(PARAMETERS) if found else '', tables(found), figures(drawn)] if drawn else []


def _parameters(values: Values, number: int, space: Mapping) -> str:
    rows = [_parameter(values, f'spaces.{number}.parameters.{name}', name) for name in space['parameters']]
    headings = ('parameter', 'median', '95 % interval', 'carriers', *RELATED)
    return table(f'{space["name"]}: parameters of its best networks', headings, rows)


def _parameter(values: Values, at: str, name: str) -> list[str]:
    kind = 'amount' if name in COSTS else 'number'
    median, carriers = cells(values, at, ('median', kind), ('carriers', 'count'))
    interval = values.interval(f'{at}.low', f'{at}.high', kind)
    return [escape(title_of(name)), median, interval, carriers, *related(values, at)]


def fit(values: Values, drawn: Drawn) -> Parts:
    """Fitting errors and their relation to errors."""
    kinds = (('median', 'share'), ('greatest', 'share'), ('exact', 'count'), ('widths', 'text'))
    rows = [
        [
            escape(space['name']),
            *cells(values, f'spaces.{one}.fit', *kinds),
            *related(values, f'spaces.{one}.fit'),
        ]
        for one, space in spaces_with(values, 'fit')
    ]
    headings = ('space', 'median', 'greatest', 'exact fits', 'fitting to groups', *RELATED)
    shown = table('Fitting errors, and their correlation with errors', headings, rows) if rows else ''
    return [paragraph(FIT), shown, figures(drawn)] if drawn else []


def blocks(values: Values, drawn: Drawn) -> Parts:
    """Widths per block of the best, the median and the worst."""
    rows = [
        [
            escape(space['name']),
            kind,
            button(number, found),
            values.show(f'spaces.{number}.typical.{kind}.error', 'percent'),
            widths(values, f'spaces.{number}.typical.{kind}.widths'),
        ]
        for number, space in spaces_with(values, 'typical')
        for kind, found in space['typical'].items()
    ]
    headings = ('space', 'rank', 'network', 'error (%)', 'widths per block')
    shown = table('Best, median and worst network that was trained', headings, rows)
    return [figures(drawn), shown] if drawn else []


def tenths(values: Values, drawn: Drawn) -> Parts:
    """The best, the middle and the worst tenth, as in ReXNet's table 3."""
    rows = [
        [escape(space['name']), group, *_tenth(values, f'spaces.{number}.tenths.{group}')]
        for number, space in spaces_with(values, 'tenths')
        for group in space['tenths']
    ]
    headings = ('space', 'tenth', 'networks', 'mean error (%)', 'errors (%)', 'parameters', 'MACs')
    shown = table('Tenths of the populations by error', (*headings, 'mean widths per block'), rows)
    return [paragraph(TENTHS), figures(drawn), shown] if drawn else []


def _tenth(values: Values, at: str) -> list[str]:
    count, mean = cells(values, at, ('networks', 'count'), ('mean', 'percent'))
    costs = cells(values, at, ('parameters', 'amount'), ('macs', 'amount'))
    ends = values.interval(f'{at}.low', f'{at}.high', 'percent')
    return [count, mean, ends, *costs, widths(values, f'{at}.widths')]


def curves(values: Values, drawn: Drawn) -> Parts:
    """How trainings went."""
    return [paragraph(CURVES), figures(drawn)] if drawn else []
