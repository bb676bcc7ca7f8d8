"""What was compared, what differs, and what failed."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from mmchan.design.reports.chapters.common import Drawn, Parts, button, cells, spaces_with
from mmchan.design.reports.figures import title_of
from mmchan.design.reports.html import NONE, Values, listed, paragraph, table
from mmchan.design.reports.notices import TREATED
from mmchan.design.reports.parameters import COSTS

KINDS = {'edf': 'EDF', 'normalised': 'normalised EDF'}
CAUSES = {
    'nan': 'NaN or Inf',
    'memory': 'out of memory',
    'timeout': 'too long',
    'crash': 'process ended',
    'error': 'exception',
}
FACTS = (
    ('networks drawn', 'population', 'count'),
    ('networks judged', 'judged', 'count'),
    ('of these failed', 'failed', 'count'),
    ('trials done', 'trials.done', 'count'),
    ('trials failed', 'trials.failed', 'count'),
    ('trials missing', 'trials.missing', 'count'),
    ('short trials', 'trials.short', 'count'),
    ('epochs', 'settings.epochs', 'count'),
    ('repeats', 'settings.repeats', 'count'),
    ('seed', 'settings.seed', 'count'),
    ('best error (%)', 'errors.best', 'percent'),
    ('median error (%)', 'errors.median', 'percent'),
    ('mean error (%)', 'errors.mean', 'percent'),
    ('worst error (%)', 'errors.worst', 'percent'),
    ('spread of repeats (%)', 'spread', 'percent'),
    ('hours of training', 'seconds', 'hours'),
)


def findings(values: Values, _: Drawn) -> Parts:
    """What differs, in sentences, and what a reader must know."""
    said = [_finding(values, number, found) for number, found in enumerate(values.numbers['comparisons'])]
    best = [_best(values, number, space) for number, space in spaces_with(values, 'typical')]
    of_spaces = [one for _, space in spaces_with(values) for one in space['notices']]
    notices = [escape(one).replace(' %', '&nbsp;%') for one in (*values.numbers['notices'], *of_spaces)]
    notes = f'<div class="notices">{listed(notices)}</div>' if notices else ''
    return [listed([*filter(None, said), *best]), notes]


def _best(values: Values, number: int, space: Mapping) -> str:
    error = values.show(f'spaces.{number}.typical.best.error', 'percent')
    shown = button(number, space['typical']['best'])
    return f'The best network of {escape(space["name"])} has an error of {error}&nbsp;%: {shown}.'


def _finding(values: Values, number: int, found: Mapping) -> str:
    """What a pair of spaces shows; the normalised EDFs are only told of where they say something else."""
    normalised = found['kind'] == 'normalised'
    if normalised and _says(found) == _says(_plain(values.numbers['comparisons'], found)):
        return ''
    at, by = f'comparisons.{number}', 'By the normalised EDF, ' if normalised else ''
    names = [escape(values.numbers['spaces'][found[one]]['name']) for one in ('first', 'second')]
    error, p, difference, least = cells(
        values, at, ('error', 'percent'), ('p_value', 'p'), ('difference', 'share'), ('smallest', 'share')
    )
    if not found['differ']:
        return (
            f'{by}{names[0]} and {names[1]} are not shown to differ (p = {p}). That does not make them '
            f'equal: so few networks show only differences from {least} on.'
        )
    better, worse = names if found['signed'] > 0 else names[::-1]
    return (
        f'{by}<strong>{better}</strong> has more good networks than {worse}: below an error of '
        f'{error}&nbsp;% the shares differ by {difference} (p = {p}).'
    )


def _says(found: Mapping) -> int:
    """Which space is the better: 1 the first, -1 the second, 0 neither."""
    return 0 if not found['differ'] else 1 if found['signed'] > 0 else -1


def _plain(comparisons: Sequence[Mapping], found: Mapping) -> Mapping:
    """The comparison of the same pair by its plain EDFs."""
    pair = (found['first'], found['second'])
    return next(one for one in comparisons if one['kind'] == 'edf' and (one['first'], one['second']) == pair)


def compared(values: Values, _: Drawn) -> Parts:
    """What the sweeps were and what came of them."""
    spaces = spaces_with(values)
    rows = [
        _row(title, (values.show(f'spaces.{one}.{at}', kind) for one, _ in spaces))
        for title, at, kind in FACTS
    ]
    rows += [_row(title_of(cost), (_cost(values, one, cost) for one, _ in spaces)) for cost in COSTS]
    versions = sorted({name for _, space in spaces for name in space['versions']})
    rows += [_row(escape(name), (_version(space, name) for _, space in spaces)) for name in versions]
    shown = [row for row in rows if set(row[1:]) != {NONE}]
    note = 'A network that was trained several times counts once, with its mean error.'
    headings = ['', *(space['name'] for _, space in spaces)]
    return [table('The spaces and their sweeps', headings, shown), paragraph(note)]


def _row(title: str, shown: Iterable[str]) -> list[str]:
    return [title, *shown]


def _cost(values: Values, number: int, name: str) -> str:
    at = f'spaces.{number}.costs.{name}'
    return values.interval(f'{at}.low', f'{at}.high', 'amount') if values.of(at) else NONE


def _version(space: Mapping, name: str) -> str:
    return escape(', '.join(space['versions'].get(name, ()))) or NONE


def failures(values: Values, _: Drawn) -> Parts:
    """Which trials failed, and why."""
    having = spaces_with(values, 'failures')
    if not having:
        return [paragraph('No trial failed.')]
    treated = TREATED[values.of('failed')]
    lead = (
        f'In all numbers of this page {treated}; the points of figures are only networks that were trained.'
    )
    kinds = [(cause, 'count') for cause in CAUSES]
    counts = [
        [escape(space['name']), *cells(values, f'spaces.{one}.causes', *kinds)] for one, space in having
    ]
    rows = [_failure(values, one, space['name'], place) for one, space in having for place in _places(space)]
    each = table('Failed trials', ('trial', 'space', 'cause', 'epochs done', 'message'), rows)
    details = f'<details><summary>Every failed trial</summary>{each}</details>'
    return [paragraph(lead), table('Failed trials by cause', ('space', *CAUSES.values()), counts), details]


def _places(space: Mapping) -> range:
    return range(len(space['failures']))


def _failure(values: Values, number: int, name: str, place: int) -> list[str]:
    at = f'spaces.{number}.failures.{place}'
    found = values.of(at)
    cause = CAUSES.get(found['cause'], escape(found['cause']))
    epochs = values.show(f'{at}.epochs', 'count')
    return [f'<code>{escape(found["trial"])}</code>', escape(name), cause, epochs, escape(found['message'])]
