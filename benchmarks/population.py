"""What does the cost of a network take when thousands are counted at once, and is it the same?

    python benchmarks/population.py --check

Draws networks of every family and counts them with `count_population`, and some of them one by one with a
plan and `count`. Prints the time per network and writes it to benchmarks/results/population.json. With
--check every network is counted both ways and compared: parameters, MACs, activations and validity.
"""

import datetime
import json
import platform
import time
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import click
import numpy as np

from mmchan import __version__
from mmchan.channels import Family, InputError, count, families
from mmchan.channels.population import PopulationCost, arguments_of, count_population, draw_parameters
from mmchan.cli.console import console, table
from mmchan.files import replacing
from mmchan.progress import track

RESULT = Path(__file__).parent / 'results' / 'population.json'
COMMAND = 'python benchmarks/population.py'
REPEATS = 5
UNIT = (
    'microseconds: processor time of one core per network, best of several runs, validation included; '
    'ratio: that of one plan and one count, over it; valid: share of the draws whose parameters go together; '
    'differences: networks whose parameters, MACs, activations or validity differ, null where not compared'
)


def seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """Processor time of a call, the best of several."""
    best = float('inf')
    for _ in range(repeats):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def count_one(family: Family, arguments: dict[str, object]) -> tuple[int, int, int, bool]:
    """Parameters, MACs and activations of one network, and whether it is one."""
    try:
        return (*astuple(count(family.build_plan(arguments))), True)
    except InputError:
        return 0, 0, 0, False


def differences(family: Family, arguments: list[dict[str, object]], cost: PopulationCost) -> int:
    """Number of networks whose cost or validity is not that of `count`."""
    columns = (column.tolist() for column in (cost.parameters, cost.macs, cost.activations, cost.valid))
    rows = zip(*columns, strict=True)
    return sum(row != count_one(family, one) for row, one in zip(rows, arguments, strict=True))


def measure(family: Family, *, networks: int, singles: int, seed: int, check: bool) -> dict[str, object]:
    """Time and, where asked, compare one family."""
    parameters = draw_parameters(family, networks, np.random.default_rng(seed))
    arguments = arguments_of(family, parameters, None if check else range(min(singles, networks)))
    cost = count_population(family, parameters)
    together = seconds(lambda: count_population(family, parameters)) / networks
    some = arguments[:singles]
    alone = seconds(lambda: [count_one(family, one) for one in some], repeats=1) / len(some)
    return {
        'family': family.name,
        'networks': networks,
        'valid': round(float(cost.valid.mean()), 3),
        'microseconds': round(together * 1e6, 2),
        'ratio': round(alone / together),
        'differences': differences(family, arguments, cost) if check else None,
    }


def show(rows: list[dict]) -> None:
    """Print the result as a table."""
    headings = ('family', 'µs a network', 'times faster', 'networks', 'valid', 'differences')
    grid = table('cost of a population', *headings)
    for row in rows:
        compared = '' if row['differences'] is None else str(row['differences'])
        numbers = f'{row["microseconds"]:.2f}', str(row['ratio']), str(row['networks']), f'{row["valid"]:.1%}'
        grid.add_row(row['family'], *numbers, compared)
    console().print(grid)


@click.command()
@click.option(
    '--networks', type=click.IntRange(1), default=10_000, show_default=True, help='Draws per family.'
)
@click.option('--singles', type=click.IntRange(1), default=500, show_default=True, help='Timed one by one.')
@click.option('--seed', type=int, default=0, show_default=True, help='Random seed.')
@click.option('--check', is_flag=True, help='Count every draw both ways; 1 ms each.')
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(networks: int, singles: int, seed: int, check: bool, out: Path) -> None:
    """Time the cost of populations of every family, and compare it with that of single networks."""
    known = list(families().values())
    rows = [
        measure(family, networks=networks, singles=singles, seed=seed, check=check)
        for family in track(known, 'counting networks', unit='families')
    ]
    show(rows)
    command = f'{COMMAND} --networks {networks} --singles {singles} --seed {seed}{" --check" * check}'
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': command,
        'versions': {'mmchan': __version__, 'numpy': np.__version__, 'python': platform.python_version()},
        'unit': UNIT,
        'families': rows,
    }
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')
    wrong = [row['family'] for row in rows if row['differences']]
    if wrong:
        raise click.ClickException(f'other costs than count: {", ".join(wrong)}')


if __name__ == '__main__':
    main()
