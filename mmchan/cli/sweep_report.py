"""``mmchan sweep report DIR…``: what sweeps say about their spaces, as a page, figures and numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mmchan.cli import options
from mmchan.cli.console import console, table
from mmchan.cli.places import out_folder
from mmchan.design.reports.samples import ERRORS, FAILED
from mmchan.design.spaces.population import COSTS

if TYPE_CHECKING:
    from mmchan.design.reports import Choices

NARROW = 100  # columns below which what the page tells too is left out


@click.command('report')
@click.argument('folders', nargs=-1, required=True, metavar='DIR...', type=options.folder_path)
@click.option(
    '--out',
    type=out_folder,
    metavar='DIR',
    help='Folder for the report.  [default: report in the first DIR]',
)
@click.option(
    '--error',
    type=click.Choice(ERRORS),
    default='minimum',
    show_default=True,
    help='The smallest error of any epoch, as in the papers, or that of the last one.',
)
@click.option(
    '--complexity',
    type=click.Choice(COSTS),
    default='macs',
    show_default=True,
    help='What EDFs are normalised over.',
)
@click.option(
    '--failed',
    type=click.Choice(FAILED),
    default='worst',
    show_default=True,
    help='Count a failed trial as the worst error, or leave it out.',
)
@click.option('--seed', type=click.IntRange(0), default=0, show_default=True, help='Of permutation tests.')
def report(
    folders: tuple[Path, ...], out: Path | None, error: str, complexity: str, failed: str, seed: int
) -> None:
    """Compare the spaces of sweeps: EDFs, parameters, widths, curves, failures.

    DIR is the work dir of `mmchan sweep run`; several are compared. Writes report.html, which needs no other
    file, report.json with every number, and the figures as PNG and SVG.
    """
    from mmchan.design.reports import Choices

    choices = Choices(error=error, complexity=complexity, failed=failed, seed=seed)
    write_and_show(folders, out or folders[0] / 'report', choices)


def write_and_show(folders: Sequence[Path], out: Path, choices: 'Choices') -> None:
    """Write the report of sweeps into a folder, and print the most important of its numbers."""
    from mmchan.design.reports import write_report  # matplotlib takes a second to import
    from mmchan.design.sweeps import read_results

    found = write_report([read_results(folder) for folder in folders], out, choices)
    show(console(), found)
    click.echo(f'the report is {out / "report.html"}')


def show(shown: Console, found: Mapping[str, object]) -> None:
    """Print the spaces, their differences and what must be known, as wide as the terminal allows."""
    narrow = shown.is_terminal and shown.width < NARROW
    shown.print(_spaces(found, narrow=narrow), '')
    if found['comparisons']:
        shown.print(_pairs(found, narrow=narrow), '')
    for notice in [*found['notices'], *(one for space in found['spaces'] for one in space['notices'])]:
        shown.print(Text(notice, 'yellow'), soft_wrap=not shown.is_terminal)


def _spaces(found: Mapping[str, object], *, narrow: bool) -> Table:
    headings = ['space', 'networks', 'failed', 'best (%)', 'median (%)', 'band']
    more = [] if narrow else ['mean (%)', 'of 32 draws (%)', 'fit', 'best network']
    rows = _table('Errors', *headings, *more)
    for space in found['spaces']:
        errors, edf = space['errors'], space['edf']
        cells = [_percent(errors.get('best')), _percent(errors.get('median'))]
        cells.append(f'±{edf["half_width"]:.3f}' if edf else '-')
        rows.add_row(
            space['name'],
            str(space['judged']),
            str(space['failed']),
            *cells,
            *([] if narrow else _more(space)),
        )
    return rows


def _more(space: Mapping[str, object]) -> list[str]:
    search = space['search'] or {'draws': [], 'expected': []}
    expected = dict(zip(search['draws'], search['expected'], strict=True)).get(32)
    fit = f'{space["fit"]["median"]:.3f}' if space['fit'] else '-'
    best = space['typical']['best']['id'] if space['typical'] else '-'
    return [_percent(space['errors'].get('mean')), _percent(expected), fit, best]


def _pairs(found: Mapping[str, object], *, narrow: bool) -> Table:
    more = [] if narrow else ['at error (%)', 'p from']
    rows = _table('Differences', 'better', 'than', 'by', 'D', 'to be seen', 'p', *more)
    for column in rows.columns[:3]:
        column.justify = 'left'
    names = [space['name'] for space in found['spaces']]
    for one in found['comparisons']:
        first, second = names[one['first']], names[one['second']]
        better, worse = (first, second) if one['signed'] > 0 else (second, first)
        style = '' if one['differ'] else 'dim'
        kind = {'edf': 'EDF', 'normalised': 'norm.'}[one['kind']]
        cells = [better if one['differ'] else f'{better} ?', worse, kind, f'{one["difference"]:.3f}']
        cells += [f'{one["smallest"]:.3f}', f'{one["p_value"]:.2g}']
        rows.add_row(*cells, *([] if narrow else [_percent(one['error']), one['method']]), style=style)
    return rows


def _table(title: str, *headings: str) -> Table:
    rows = table(title, *headings)
    rows.columns[0].no_wrap, rows.columns[0].overflow = False, 'fold'
    return rows


def _percent(value: float | None) -> str:
    return '-' if value is None else f'{100 * value:.2f}'
