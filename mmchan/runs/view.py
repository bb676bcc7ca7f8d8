"""What a training looks like on a terminal: figures, bars and the loss, at any width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mmchan.drawing.terminal import number, plot_values

WIDE = 110  # columns from which on figures stand in two pairs of columns
NARROW = 60  # columns below which there is no plot
PLOT_ROWS = 4  # of the plot beside two pairs of columns
METRICS = 4  # that are shown


@dataclass(frozen=True)
class Metric:
    """A metric of the last validation, its best value so far, and how many validations ago that was."""

    name: str
    last: float
    best: float
    ago: int

    def __str__(self) -> str:
        when = 'now' if self.ago == 0 else f'{self.ago} validation{"s" if self.ago > 1 else ""} ago'
        return f'{number(self.last)}, best {number(self.best)} ({when})'


@dataclass(frozen=True)
class View:
    """A training at one moment.

    Attributes:
        title: What is trained.
        iteration: Iterations that are done.
        iterations: Iterations in all.
        epoch: The epoch that runs, from 1; None where epochs are not counted.
        epochs: Epochs in all.
        elapsed: Seconds since the start.
        remaining: Seconds to the end as far as one can tell; None before the first iteration.
        speed: Images per second; 0 where they cannot be counted.
        waiting: Share of time spent waiting for data.
        losses: The loss so far, evenly spaced, smoothed.
        loss: The loss of the last iteration.
        lr: The learning rate; None where there are several or none.
        memory: What it takes, in bytes, by its name.
        metrics: Of the last validation.
        validated: Batches of a validation that runs: done and in all.
    """

    title: str
    iteration: int
    iterations: int
    epoch: int | None = None
    epochs: int | None = None
    elapsed: float = 0.0
    remaining: float | None = None
    speed: float = 0.0
    waiting: float = 0.0
    losses: Sequence[float] = ()
    loss: float | None = None
    lr: float | None = None
    memory: dict[str, float] = field(default_factory=dict)
    metrics: Sequence[Metric] = ()
    validated: tuple[int, int] | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # the last column stays free: a full line would wrap on some terminals
        width = max(1, options.max_width - 1)
        yield Group(_head(self, width), _bar(self, width), _body(self, width), *_metrics(self, width))


def _head(view: View, width: int) -> Table:
    grid = _grid(width)
    grid.add_column(ratio=1, no_wrap=True, overflow='ellipsis')
    grid.add_column(justify='right', no_wrap=True)
    grid.add_row(Text(view.title, style='bold'), Text(f'{clock(view.elapsed)} since the start', style='dim'))
    return grid


def _bar(view: View, width: int) -> Table:
    """How far the training, or the validation that runs, has come."""
    done, total = view.validated or (view.iteration, view.iterations)
    if view.validated:
        left, right = 'validation ', f' {done} of {total} batches'
    else:
        left, right = '', f' {_share(done, total):.0%}, {_remaining(view.remaining)}'
    grid = _grid(width)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify='right')
    grid.add_row(left, ProgressBar(total=max(total, 1), completed=done), right)
    return grid


def _body(view: View, width: int) -> Table:
    """The figures, and the loss beside them where there is room."""
    pairs = _figures(view)
    columns = 2 if width + 1 >= WIDE else 1
    rows = -(-len(pairs) // columns)
    chosen = [pairs[start : start + rows] for start in range(0, len(pairs), rows)]
    grid = _grid(width)
    for part in chosen:
        grid.add_column(width=29)
        grid.add_column(width=2)
        del part
    cells: list[object] = [cell for part in chosen for cell in (_pairs(part), '')]
    if width >= NARROW and view.losses:
        room = width - 31 * columns
        grid.add_column(width=room)
        cells.append(_plot(view, room, max(rows, PLOT_ROWS)))
    grid.add_row(*cells)
    return grid


def _figures(view: View) -> list[tuple[str, str]]:
    epoch = [('epoch', f'{view.epoch} of {view.epochs}')] if view.epoch is not None else []
    loss = '-' if view.loss is None else number(view.loss)
    memory = [(name, f'{size / 1e9:.2f} GB') for name, size in view.memory.items()]
    return [
        *epoch,
        ('iteration', f'{view.iteration} of {view.iterations}'),
        ('speed', f'{view.speed:.0f} images/s' if view.speed else '-'),
        ('waiting', f'{view.waiting:.0%} of the time'),
        ('loss', loss),
        *([('smoothed loss', number(view.losses[-1]))] if view.losses else []),
        *([('learning rate', number(view.lr))] if view.lr is not None else []),
        *memory,
    ]


def _pairs(pairs: Sequence[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=13, style='dim', no_wrap=True)
    grid.add_column(no_wrap=True, overflow='ellipsis')
    for name, value in pairs:
        grid.add_row(name, value)
    return grid


def _plot(view: View, width: int, height: int) -> Table:
    """The loss with its highest and lowest value."""
    finite = [value for value in view.losses if math.isfinite(value)] or [0.0]
    labels = [number(max(finite)), *[''] * (height - 2), number(min(finite))]
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify='right', width=8, style='dim')
    grid.add_column(width=width - 9)
    grid.add_row(Text('\n'.join(labels)), plot_values(view.losses, width=width - 9, height=height))
    return grid


def _metrics(view: View, width: int) -> list[Text]:
    lines = [Text.assemble((f'{one.name}  ', 'dim'), str(one)) for one in view.metrics[:METRICS]]
    for line in lines:
        line.truncate(width, overflow='ellipsis')
    more = len(view.metrics) - METRICS
    return [*lines, *([Text(f'and {more} more metrics', style='dim')] if more > 0 else [])]


def _grid(width: int) -> Table:
    grid = Table.grid()
    grid.width = width
    return grid


def _share(done: int, total: int) -> float:
    return done / total if total else 0.0


def _remaining(seconds: float | None) -> str:
    return 'starting' if seconds is None else f'{clock(seconds)} to go'


def clock(seconds: float) -> str:
    """Hours, minutes and seconds.

    >>> clock(3725.9), clock(90000)
    ('1:02:05', '1 day, 1:00:00')
    """
    return str(timedelta(seconds=int(seconds)))
