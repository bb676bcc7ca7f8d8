"""``mmchan zoo check|count|render|plot|table``: the model zoo's numbers, tables and drawings."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from mmchan.cli.grid import Grid, print_fitting, screen_width
from mmchan.cli.groups import SuggestingGroup
from mmchan.cli.places import picture_path
from mmchan.cli.words import amount
from mmchan.home import home
from mmchan.measure.latencies import read_latencies
from mmchan.progress import track
from mmchan.zoo import COSTS, METRICS, TASKS, Row, rows
from mmchan.zoo.latencies import kept_latencies
from mmchan.zoo.metafiles import (
    Counted,
    Entry,
    metafiles,
    read_entries,
    read_metafile,
    with_counted,
    write_metafile,
)
from mmchan.zoo.quantities import X_AXES
from mmchan.zoo.tables import FORMATS, plain, render_all, table

repository_option = click.option(
    '--repository',
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help='Repository whose configs are meant.  [default: the one of this package]',
)


@click.group('zoo', cls=SuggestingGroup)
def command() -> None:
    """The model zoo: check it, count it, tabulate it, draw it."""


@command.command('check')
@repository_option
def check(repository: Path | None) -> None:
    """Recount costs and check names, configs, links and tables; exit with 1 for any fault."""
    from mmchan.zoo.check import cost_faults, faults

    root = repository or home()
    entries = read_entries(root)
    found = [*faults(root), *cost_faults(_counted(entries, root))]
    for fault in found:
        click.echo(str(fault))
    if found:
        sys.exit(1)
    click.echo(f'{len(entries)} entries: names, configs, links, costs and tables are sound')


@command.command('count')
@repository_option
def count(repository: Path | None) -> None:
    """Count all models and write their cost, and the proposals it is for, into the metafiles."""
    root = repository or home()
    counted = {entry.name: number for entry, number in _counted(read_entries(root), root)}
    for path in metafiles(root):
        old = read_metafile(path)
        new = with_counted(old, counted)
        if new != old:
            write_metafile(path, new)
            click.echo(f'{path.relative_to(root)} written')
    click.echo(f'{amount(len(counted), "model")} counted')


def _counted(entries: list[Entry], root: Path) -> list[tuple[Entry, Counted]]:
    """The entries whose config is there, counted under a progress bar; the check reports the others."""
    from mmchan.zoo.counting import count_entries

    present = [entry for entry in entries if entry.config and (root / entry.config).is_file()]
    return count_entries(present, root, progress=lambda models: track(models, 'counting', unit='models'))


@command.command('render')
@repository_option
def render(repository: Path | None) -> None:
    """Rewrite the tables between markers in README.md, docs/ and configs/*/README.md."""
    root = repository or home()
    for path in render_all(root):
        click.echo(f'{path.relative_to(root)} written')


@command.command('table')
@click.option(
    '--task', required=True, help=f'One of {", ".join(TASKS)}; segmentation is short for the third.'
)
@click.option(
    '--format', 'form', help=f'One of {", ".join(FORMATS)}.  [default: a table on a terminal, else md]'
)
def print_table(task: str, form: str | None) -> None:
    """Print the zoo's rows of a task."""
    if form is None and screen_width():
        _show(rows(task))
    else:
        click.echo(table(task, form or 'md'))


def _show(chosen: Sequence[Row]) -> None:
    headings, cells = plain(chosen)
    made = Grid(amount(len(chosen), 'model'), *headings)
    for row in cells:
        made.add_row(*row)
    stay = {
        headings[0],
        COSTS['macs'].heading,
        *(metric.heading for metric in METRICS.values() if metric.main),
    }
    print_fitting(made, drop=[one for one in reversed(headings) if one not in stay], more='--format csv')


def _names(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(filter(None, value.split(',')))


def _axis_option(flag: str, default: str, what: str) -> Callable:
    return click.option(flag, default=default, show_default=True, help=what)


@command.command('plot')
@_axis_option('--x', 'macs', f'One of {", ".join(X_AXES)}, or another latency of the zoo.')
@_axis_option('--y', 'top1', f'One of {", ".join(METRICS)}.')
@click.option(
    '--families',
    default='',
    callback=_names,
    help='Families or series (regnet, regnetx, rexnet_lite), with commas between.  [default: all]',
)
@click.option('--task', default=None, help=f'One of {", ".join(TASKS)}.  [default: the task of --y]')
@click.option(
    '--latencies',
    type=click.Path(dir_okay=False, path_type=Path),
    help='Latencies that "mmchan bench --add-to-zoo" wrote, beside those that the repository keeps.',
)
@click.option('--out', type=picture_path, required=True, help='Picture to write: .png, .svg or .pdf.')
def plot(
    x: str, y: str, families: tuple[str, ...], task: str | None, latencies: Path | None, out: Path
) -> None:
    """Draw accuracy against cost or latency, with a Pareto front for all results that compare."""
    from mmchan.drawing.zoo import plot_chart  # matplotlib takes a second to import
    from mmchan.zoo.charts import chart

    measured = None if latencies is None else [*kept_latencies(home()), *read_latencies(latencies)]
    made = chart(x, y, families=families, task=task, measured=measured)
    plot_chart(made, out)
    networks = len({(point.group, point.name) for point in made.points})
    click.echo(f'{amount(len(made.points), "result")} of {amount(networks, "network")} drawn in {out}')
