"""What a sweep looks like while it runs: a table on a terminal, lines in a log."""

import time
from collections import Counter
from collections.abc import Mapping

import click
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mmchan.design.spaces.constraints import short
from mmchan.design.sweeps.progress import Progress

WIDE = 100  # columns from which on figures stand beside each other
LABEL = 8  # columns of a figure's name
REDRAW = 0.25  # seconds between two drawings
LINES = 20  # in a log, of a whole sweep
PATIENCE, HASTE = 300.0, 10.0  # seconds after which, and before which, there is another one
TOLD = 3  # failures of each cause that are told one by one


class Display:
    """Where a sweep says how far it is. A ``with`` block around the sweep leaves the last state standing."""

    def show(self, progress: Progress) -> None:
        """Show the state."""

    def ended(self, row: Mapping[str, object]) -> None:
        """Tell of a trial that has ended."""

    def say(self, line: str) -> None:
        """Tell something once."""

    def __enter__(self) -> 'Display':
        return self

    def __exit__(self, *_: object) -> None:
        return None


class NoDisplay(Display):
    """Says nothing."""


class _Telling(Display):
    """Tells of failures, the first of each cause."""

    def __init__(self) -> None:
        self._told: Counter[str] = Counter()

    def ended(self, row: Mapping[str, object]) -> None:
        cause = row['cause']
        if cause is None:
            return
        self._told[cause] += 1
        if self._told[cause] <= TOLD:
            self.say(f'{row["trial"]} failed ({cause}): {row["message"]}')
        elif self._told[cause] == TOLD + 1:
            self.say(f'further failures ({cause}) are told by trials.jsonl alone')

    def say(self, line: str) -> None:
        click.echo(line)


class OnTerminal(_Telling):
    """A table at the bottom of the terminal."""

    def __init__(self) -> None:
        from mmchan.runs.screen import Screen

        super().__init__()
        self._screen = Screen()
        self._last = 0.0
        self._progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        self._progress = progress
        if time.monotonic() - self._last < REDRAW:
            return
        self._screen.show(View(progress))
        self._last = time.monotonic()

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._screen.show(View(self._progress))
        self._screen.stop()


class InLog(_Telling):
    """A line at the beginning, one for every twentieth, one at least every few minutes."""

    def __init__(self) -> None:
        super().__init__()
        self._time = self._share = -1.0

    def show(self, progress: Progress) -> None:
        waited = time.monotonic() - self._time
        share = progress.recorded * LINES // max(progress.total, 1)
        if self._time >= 0 and waited < HASTE:
            return
        if share > self._share or waited > PATIENCE:
            self._time, self._share = time.monotonic(), share
            self.say(state(progress))


def display() -> Display:
    """The one that fits where standard output goes."""
    from mmchan.runs.screen import is_terminal

    return OnTerminal() if is_terminal() else InLog()


def state(progress: Progress) -> str:
    """How far a sweep is, in a line."""
    parts = [
        f'{progress.recorded} of {progress.total} trials',
        f'{progress.done} done',
        f'{progress.failed.total()} failed{_causes(progress, " ({})")}',
        *([f'best error {_best(progress)}'] if progress.best else []),
        *([_rate(progress)] if progress.rate else []),
        *([_remaining(progress)] if progress.recorded < progress.total else []),
    ]
    return f'{progress.name}: {", ".join(parts)}'


def _causes(progress: Progress, around: str = '{}') -> str:
    causes = ', '.join(f'{cause} {count}' for cause, count in sorted(progress.failed.items()))
    return around.format(causes) if causes else ''


def _best(progress: Progress) -> str:
    row = progress.best
    return f'{row["last"]:.4f} ({row["network"]}, {brief(row["macs"])} MACs)'


def brief(number: float) -> str:
    """A number to three digits.

    >>> brief(370442), brief(12)
    ('370k', '12')
    """
    return short(float(f'{number:.3g}'))


def _rate(progress: Progress) -> str:
    rate = progress.rate
    for seconds, unit in ((1, 's'), (60, 'min'), (3600, 'h')):
        if rate * seconds >= 1:
            return f'{rate * seconds:.1f} trials/{unit}'
    return f'{rate * 86400:.1f} trials/day'


def _remaining(progress: Progress) -> str:
    from mmchan.runs.view import clock

    seconds = progress.remaining
    return 'starting' if seconds is None else f'{clock(seconds)} to go'


class View:
    """A sweep at one moment.

    Args:
        progress: How far it is.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(1, options.max_width - 1)  # a full line would wrap on some terminals
        parts = (_head, _bar, _figures, _best_line)
        yield Group(*(part(self.progress, width) for part in parts))


def _head(progress: Progress, width: int) -> Table:
    from mmchan.runs.view import clock

    grid = _grid(width)
    grid.add_column(ratio=1, no_wrap=True, overflow='ellipsis')
    grid.add_column(justify='right', no_wrap=True)
    since = Text(f'{clock(progress.elapsed)} since the start', style='dim')
    grid.add_row(Text(f'sweep {progress.name}', style='bold'), since)
    return grid


def _bar(progress: Progress, width: int) -> Table:
    grid = _grid(width)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify='right')
    share = progress.recorded / max(progress.total, 1)
    bar = ProgressBar(total=max(progress.total, 1), completed=progress.recorded)
    grid.add_row(bar, f' {share:.0%}, {_remaining(progress)}')
    return grid


def _figures(progress: Progress, width: int) -> Table:
    pairs = [
        ('done', f'{progress.done} of {progress.total}'),
        ('running', str(progress.running)),
        ('failed', f'{progress.failed.total()}{_causes(progress, " ({})")}'),
        ('rate', _rate(progress) if progress.rate else '-'),
    ]
    columns = 2 if width + 1 >= WIDE else 1
    grid = _grid(width)
    for column in range(columns):
        grid.add_column(width=LABEL, style='dim', no_wrap=True)
        grid.add_column(ratio=1 + column, no_wrap=True, overflow='ellipsis')
    rows = [pairs[at : at + columns] for at in range(0, len(pairs), columns)]
    for row in rows:
        grid.add_row(*[cell for pair in row for cell in pair])
    return grid


def _best_line(progress: Progress, width: int) -> Text:
    best = f'error {_best(progress)}' if progress.best else '-'
    line = Text.assemble((f'{"best":<{LABEL + 1}}', 'dim'), best)
    line.truncate(width, overflow='ellipsis')
    return line


def _grid(width: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    return grid
