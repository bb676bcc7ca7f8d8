"""``mmchan choose``: the most accurate published networks that hold limits on this machine."""

import os
import sys
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

import click

from mmchan.cli.grid import Grid, print_fitting
from mmchan.cli.measuring import (
    device_name_option,
    rounds_option,
    say,
    settings_of,
    threads_option,
)
from mmchan.cli.places import OutFile, ending, picture_path
from mmchan.deploy.forms import EAGER, PRECISIONS, Form
from mmchan.deploy.runtimes import RUNTIMES
from mmchan.errors import InputError, require_known
from mmchan.files import replacing
from mmchan.home import home
from mmchan.zoo import choosing, limits
from mmchan.zoo.choosing import TASKS_TO_CHOOSE, Choice, Found, Limits, metric_of, title
from mmchan.zoo.clocks import GivenLatencies, MeasuredLatencies
from mmchan.zoo.quantities import COSTS, Metric
from mmchan.zoo.records import Row

Clock = GivenLatencies | MeasuredLatencies
# what a narrow terminal shows last, the first one first to go
LESS = ('source', 'weights', COSTS['macs'].axis, COSTS['params'].axis)

INHERITS = "_base_ = ['mmchan::"  # begins the third line of a config that is written here


class Limit(click.ParamType):
    """A limit with its unit."""

    def __init__(self, name: str, parse: Callable[[str, str], float]) -> None:
        self.name, self.parse = name, parse

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        return value if isinstance(value, float) else self.parse(str(value), self.name)


def _limit(flag: str, parse: Callable, help_text: str) -> Callable:
    return click.option(flag, type=Limit(flag, parse), default=inf, metavar='LIMIT', help=help_text)


@click.command('choose')
@_limit('--max-latency', limits.milliseconds, 'Longest time of a batch, such as 10ms or 0.01s.')
@_limit('--max-params', limits.count, 'Most parameters, such as 6M.')
@_limit('--max-macs', limits.count, 'Most multiply-accumulates of an image, such as 400M or 1.2G.')
@click.option(
    '--task',
    default='classification',
    show_default=True,
    help=f'One of {", ".join(TASKS_TO_CHOOSE)}; segmentation is short for the last.',
)
@click.option(
    '--runtime', default=EAGER, show_default=True, metavar='RUNTIME', help=f'One of {", ".join(RUNTIMES)}.'
)
@click.option('--precision', type=click.Choice(PRECISIONS[:2]), default=PRECISIONS[0], show_default=True)
@click.option('--batch', type=click.IntRange(1), default=1, show_default=True, help='Images at once.')
@click.option('--top', type=click.IntRange(1), default=5, show_default=True, help='Networks to name.')
@click.option('--with-weights', is_flag=True, help='Name only networks whose trained weights are public.')
@click.option(
    '--latencies',
    type=click.Path(dir_okay=False, path_type=Path),
    help='Take latencies from a file of "mmchan bench --add-to-zoo", perhaps of another machine; '
    'nothing is measured.',
)
@device_name_option
@click.option('--remeasure', is_flag=True, help='Measure again what was measured on this machine before.')
@threads_option
@rounds_option
@click.option('--plot', type=picture_path, help='Picture of accuracy against latency: .png, .svg or .pdf.')
@click.option(
    '--write-config',
    'config_path',
    type=OutFile(ending('.py')),
    help='Config (.py) of the first network, with its weights to start from.',
)
def command(
    max_latency: float,
    max_params: float,
    max_macs: float,
    task: str,
    runtime: str,
    precision: str,
    batch: int,
    top: int,
    with_weights: bool,
    latencies: Path | None,
    device_name: str | None,
    remeasure: bool,
    threads: int | None,
    rounds: int,
    plot: Path | None,
    config_path: Path | None,
) -> None:
    """Name the most accurate published networks that hold limits on this machine.

    Candidates are measured in the order of their accuracy until --top of them hold the limits, and what is
    measured is remembered. Accuracies are those that the zoo's sources report.
    """
    require_known(runtime, RUNTIMES, 'runtime')
    if config_path:
        _check_ours(config_path)
    held = Limits(max_latency, max_params, max_macs)
    metric = metric_of(task)
    ordered = choosing.candidates(task, held, with_weights=with_weights)
    form = Form(runtime, precision, batch)
    clock: Clock | None = None
    if latencies:
        clock = GivenLatencies(latencies, form, device_name)
    elif max_latency < inf:
        clock = MeasuredLatencies(
            form, settings_of(threads, rounds, device_name), remeasure=remeasure, say=say
        )
    choice = choose(ordered, held, clock, top)
    _tell(choice, held, clock, metric, ordered)
    if plot:
        _plot(plot, ordered, clock, metric, max_latency)
    if not choice.holding:
        sys.exit(1)
    _tell_use(choice.holding[0].row)
    if config_path:
        write_config(config_path, choice.holding[0], metric)
        click.echo(f'{config_path} written; mmchan train {config_path} starts from it')


def _check_ours(path: Path) -> None:
    """Raise InputError where a file stands that was not written here, or was changed since."""
    lines = path.read_text(encoding='utf-8').splitlines() if path.exists() else []
    if lines and not (len(lines) in (3, 4) and lines[2].startswith(INHERITS)):
        raise InputError(f'{path} holds something else, which would be replaced; name another file')


def choose(ordered: Sequence[Row], held: Limits, clock: Clock | None, top: int) -> Choice:
    """The first of the candidates that are fast enough by a clock; without one, the first."""
    if clock is None:
        return choosing.most_accurate(ordered, top)
    if isinstance(clock, MeasuredLatencies):
        bounded = clock.least_ms
        return choosing.choose(ordered, held.ms, top=top, latency_of=clock.latency_of, least_ms=bounded)
    known = [row for row in ordered if clock.known(row) is not None]
    if not known:
        raise InputError('the file has no latency of any network that holds the other limits')
    say(f'{len(known)} of {len(ordered)} candidates are in the file; the others are left out')
    return choosing.choose(known, held.ms, top=top, latency_of=clock.known)


def _tell(choice: Choice, held: Limits, clock: Clock | None, metric: Metric, ordered: Sequence[Row]) -> None:
    """The networks, and what was measured to find them."""
    if isinstance(clock, MeasuredLatencies):
        _tell_measured(choice, clock, held)
    if choice.miss:
        _tell_miss(choice.miss, held, clock)
        return
    place = f', {clock.setting.heading}' if clock else ''
    show(choice.holding, metric, f'The most accurate of {len(ordered)} records{place}')


def _tell_measured(choice: Choice, clock: MeasuredLatencies, held: Limits) -> None:
    known = len(choice.holding) + len(choice.failing)
    say(f'{len(clock.measured)} networks measured now; {known} latencies looked at; {clock.path} keeps them')
    if choice.skipped:
        least = min(map(clock.least_ms, choice.skipped))
        say(
            f'{len(choice.skipped)} records not measured: at the speed of plain convolutions '
            f'alone they take {least:.3g} ms or more'
        )


def _tell_miss(miss: Found, held: Limits, clock: Clock) -> None:
    click.echo(
        f'no candidate is as fast as {held.ms:g} ms on {clock.setting.device}; the nearest miss is '
        f'{title(miss.row)} with {miss.ms:.4g} ms ({miss.ms / held.ms:.2f} times the limit)'
    )


def show(found: Sequence[Found], metric: Metric, heading: str) -> None:
    """Print networks as far as there is room."""
    print_fitting(choice_table(heading, found, metric), drop=LESS)


def choice_table(heading: str, found: Sequence[Found], metric: Metric) -> Grid:
    """Networks with their accuracy, its source, their latency and cost."""
    costs = [COSTS['params'], COSTS['macs']]
    times = [None if one.ms is None else f'{one.ms:.4g}' for one in found]
    timed = any(times)  # without a limit on latency nothing is
    headings = ('network', metric.heading, *(['ms'] if timed else []), *(cost.axis for cost in costs))
    rows = Grid(heading, *headings, 'weights', 'source')
    for one, time in zip(found, times, strict=True):
        row = one.row
        rows.add_row(
            title(row),
            f'{metric.of(row):{metric.form}}',
            *([time or '-'] if timed else []),
            *(f'{cost.of(row):{cost.form}}' for cost in costs),
            'public' if row.weights else '-',
            f'{row.provenance}: {row.source}',
        )
    return rows


def _tell_use(row: Row) -> None:
    """How to begin with a network."""
    config = os.path.relpath(home() / row.config)
    click.echo(f'config   {config}')
    click.echo(f'weights  {row.weights or "none are public: train the config"}')
    click.echo(f'command  {command_line(row, config)}')


def command_line(row: Row, config: str) -> str:
    """The command that uses a network: it predicts where weights are public, else it trains."""
    if row.weights is None:
        return f'mmchan train {config}'
    network = f'--config {config}' if row.detector else f'--model {row.variant}'
    return f"mmchan predict IMAGE {network} --checkpoint '{row.weights}'"


def _plot(path: Path, ordered: Sequence[Row], clock: Clock | None, metric: Metric, limit: float) -> None:
    """Draw all candidates whose latency is known; without a clock all by their MACs."""
    from mmchan.drawing.zoo import plot_chart  # matplotlib takes a second to import

    if clock is None:
        points, axis = [Found(row, None) for row in ordered], COSTS['macs'].axis
    else:
        points = [Found(row, clock.known(row)) for row in ordered if clock.known(row) is not None]
        axis = clock.setting.axis
    plot_chart(choosing.picture(points, metric, axis, limit=limit), path)
    click.echo(f'{len({title(found.row) for found in points})} networks drawn in {path}')


def write_config(path: Path, found: Found, metric: Metric) -> None:
    """A config that inherits from a network's, and starts from its weights where these are public."""
    row = found.row
    score = f'{metric.heading} {metric.of(row):{metric.form}} ({row.provenance}: {row.source})'
    speed = '' if found.ms is None else f', {found.ms:.4g} ms here'
    lines = [
        f'# mmchan train {path.name}',
        f'# {title(row)}: {score}{speed}',
        f"{INHERITS}{row.config.removeprefix('configs/')}']",
    ]
    lines += [f'load_from = {row.weights!r}'] if row.weights else []
    with replacing(path) as unfinished:
        unfinished.write_text('\n'.join(lines) + '\n', encoding='utf-8')
