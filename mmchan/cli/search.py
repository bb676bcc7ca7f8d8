"""``mmchan search``: look for the best channel configuration of a space."""

import json
from functools import partial
from pathlib import Path

import click
from rich.table import Table

from mmchan.cli.console import console, table
from mmchan.cli.pools import Running, running_options, tell_end
from mmchan.design.search.outcome import SearchOutcome


@click.command('search')
@click.argument('config', metavar='SEARCH.py')
@running_options
@click.option(
    '--best', type=click.IntRange(1), default=3, show_default=True, help='Networks to write configs of.'
)
def command(config: str, running: Running, best: int) -> None:
    """Search the space of SEARCH.py for its best networks; started again, it goes on where it was.

    SEARCH.py is a sweep config: its sampler is 'random' or one of Optuna's, such as 'tpe'. At the end
    conventional configurations are trained as well, to compare with; the best networks are written as
    configs that tools/train.py trains.
    """
    from mmchan.design.search.outcome import read_search
    from mmchan.design.search.running import run_search
    from mmchan.design.sweeps.settings import read_sweep
    from mmchan.design.sweeps.view import display

    sweep = read_sweep(config)
    folder = running.folder('searches', config)
    workers = partial(running.open, folder, sweep)
    ended = run_search(sweep, folder, workers=workers, retry_failed=running.retry_failed, display=display)
    tell_end(ended, folder)
    _report(read_search(folder), dict(sweep.config), folder, best)


def _report(outcome: SearchOutcome, config: dict, folder: Path, best: int) -> None:
    """Print tables; write search.json, the picture and the configs of the best networks."""
    from mmchan.design.search.outcome import numbers
    from mmchan.design.search.picture import picture_of
    from mmchan.design.search.winners import write_winners
    from mmchan.drawing.search import plot_search
    from mmchan.files import replacing

    told = numbers(outcome, best=best)
    with replacing(folder / 'search.json') as unfinished:
        unfinished.write_text(json.dumps(told, indent=1) + '\n', encoding='utf-8')
    plot_search(picture_of(outcome, told), folder / 'search.png')
    configs = write_winners(outcome, config, folder, count=best)
    shown = console()
    shown.print(_tenths_table(told), '')
    shown.print(_networks_table(told), '')
    click.echo(f'every number is in {folder / "search.json"}, the picture in {folder / "search.png"}')
    for path in configs:
        click.echo(f'python tools/train.py {path}')


def _tenths_table(told: dict) -> Table:
    failed = f', {told["failed"]} failed' if told['failed'] else ''
    rows = table(
        f'{told["networks"]} networks of {told["space"]}{failed}, by {told["sampler"]}',
        'tenth', 'mean error', 'from', 'to', 'M MACs', 'k params', 'mean widths',
    )  # fmt: skip
    _wrapping(rows)
    for name, group in told['tenths'].items():
        numbers = [f'{group[key]:.4f}' for key in ('mean', 'low', 'high')]
        widths = (
            '-' if group['mean_widths'] is None else '-'.join(f'{one:.0f}' for one in group['mean_widths'])
        )
        rows.add_row(name, *numbers, *_cost(group), widths)
    return rows


def _networks_table(told: dict) -> Table:
    rows = table(
        'best networks, and conventional configurations within the same limits',
        'network', 'error', 'better ones', 'M MACs', 'k params', 'widths',
    )  # fmt: skip
    _wrapping(rows)
    for rank, network in enumerate(told['best'], start=1):
        rows.add_row(f'best {rank}', *_network(network, share=(rank - 1) / max(told['networks'], 1)))
    for network in told['conventions']:
        rows.add_row(network['name'], *_network(network, share=network['share_of_searched_that_is_better']))
    return rows


def _wrapping(rows: Table) -> None:
    rows.columns[-1].justify = 'left'
    rows.columns[-1].no_wrap = False
    rows.columns[-1].overflow = 'fold'


def _network(network: dict, *, share: float) -> list[str]:
    error = 'failed' if network['error'] is None else f'{network["error"]:.4f}'
    return [error, f'{share:.0%}', *_cost(network), '-'.join(map(str, network['widths']))]


def _cost(network: dict) -> list[str]:
    return [f'{network["macs"] / 1e6:.2f}', f'{network["parameters"] / 1e3:.1f}']
