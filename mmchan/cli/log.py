"""``mmchan log``: what runs logged, drawn and compared."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mmchan.cli.console import console, table
from mmchan.cli.places import picture_path
from mmchan.drawing.points import Panel
from mmchan.drawing.terminal import number, plot_panel, style_of
from mmchan.runs.logs import RunLog, read_logs
from mmchan.runs.panels import panels

ROWS = 8  # of a plot
WIDE = 120  # columns from which on two plots stand side by side
WIDEST = 100  # columns of one plot
PATHS = ('run', 'config')  # columns that may take several lines


@click.command('log')
@click.argument('runs', nargs=-1, required=True, metavar='RUN...')
@click.option(
    '--key',
    '--metric',
    'keys',
    multiple=True,
    metavar='NAME',
    help='Draw this value, such as loss, lr, time or a metric; may be given several times.',
)
@click.option('--out', type=picture_path, metavar='FILE', help='Also draw a picture: .png, .svg or .pdf.')
def command(runs: tuple[str, ...], keys: tuple[str, ...], out: Path | None) -> None:
    """Draw and compare what finished or running trainings logged.

    RUN is a work_dir, the folder of one start in it, or a file of scalars; mmpretrain's, mmdet's and mmseg's
    own tools write such too.
    """
    logs = read_logs(runs)
    drawn = panels(logs, keys)
    shown = console()
    shown.print(_runs_table(logs), '')
    if any(log.metrics for log in logs):
        shown.print(_metrics_table(logs), '')
    _print_panels(shown, drawn, [log.name for log in logs])
    if out:
        from mmchan.drawing.curves import plot_curves  # matplotlib takes a second to import

        plot_curves(drawn, out)
        click.echo(f'the curves are in {out}')


def _runs_table(logs: Sequence[RunLog]) -> Table:
    rows = table('', 'run', 'state', 'epoch', 'iteration', 'speed', 'waiting', 'config')
    for column in rows.columns:
        column.no_wrap = column.header not in PATHS
        column.overflow = 'fold'
    rows.columns[-1].justify = 'left'
    for index, log in enumerate(logs):
        rows.add_row(Text(log.name, style_of(index)), *_facts(log))
    return rows


def _facts(log: RunLog) -> tuple[str, ...]:
    speed = f'{log.speed[0]:.3g} {log.speed[1]}' if log.speed else '-'
    waiting = '-' if log.waiting is None else f'{log.waiting:.0%}'
    epoch = _of(log.epoch, log.max_epochs)
    return log.state, epoch, _of(log.iterations, log.max_iterations), speed, waiting, log.config or '-'


def _of(done: int | None, total: int | None) -> str:
    if done is None:
        return '-'
    return f'{done} of {total}' if total else str(done)


def _metrics_table(logs: Sequence[RunLog]) -> Table:
    rows = table('', 'metric', 'run', 'best', 'at', 'last')
    rows.columns[1].justify = 'left'
    rows.columns[1].no_wrap, rows.columns[1].overflow = False, 'fold'
    for key in dict.fromkeys(key for log in logs for key in log.metrics):
        for index, log in enumerate(logs):
            if key in log.metrics:
                rows.add_row(key, Text(log.name, style_of(index)), *_values(log, key))
    return rows


def _values(log: RunLog, key: str) -> tuple[str, str, str]:
    series = log.series[key]
    best, index = series.best(key)
    epoch = series.epochs[index]
    at = f'iteration {series.iterations[index]}' if epoch is None else f'epoch {epoch}'
    return number(best), at, number(series.values[-1])


def _print_panels(shown: Console, drawn: Sequence[Panel], names: Sequence[str]) -> None:
    """Two plots in a row where there is room. Without colours every run has a plot of its own."""
    if len(names) > 1 and (shown.no_color or shown.color_system is None):
        drawn = [
            replace(panel, title=f'{panel.title}: {curve.name}', curves=(curve,))
            for panel in drawn
            for curve in panel.curves
        ]
    terminal = shown.width if shown.is_terminal else WIDEST
    columns = 2 if terminal >= WIDE else 1
    width = min(WIDEST, (terminal - 1) // columns)
    plots = [plot_panel(panel, names, width=width, height=ROWS) for panel in drawn]
    grid = Table.grid(padding=(0, 0, 1, 0))
    for start in range(0, len(plots), columns):
        grid.add_row(*plots[start : start + columns])
    shown.print(grid)
