"""How long does drawing a population take, and what share of draws does a band accept?

    python benchmarks/spaces.py

Draws 500 networks from every named space on one core, and asks how many of many draws pass each space's
constraints. Prints both and writes them to benchmarks/results/spaces.json.
"""

import datetime
import json
import platform
import time
from pathlib import Path

import click
import numpy as np

from mmchan import __version__
from mmchan.cli.console import console, table
from mmchan.design import spaces
from mmchan.files import replacing
from mmchan.progress import track

RESULT = Path(__file__).parent / 'results' / 'spaces.json'
COMMAND = 'python benchmarks/spaces.py'
BAND, SMALL_BAND = (360e6, 400e6), (60e6, 100e6)  # MACs; the second for images of 32 pixels
LIMITS = {'anynetx_a': 1, 'anynetx_e': 3, 'regnetx': 3}  # seconds for 500 networks that may not be passed
UNIT = (
    'seconds: processor time of one core for the networks, the space and its laws included; draws: how many '
    'they took; rate: share of independent draws that pass all constraints, with its standard error; '
    'repeated: draws that were a network already drawn'
)


def measure(name: str, *, networks: int, draws: int, seed: int) -> dict[str, object]:
    """Draw a population, and ask the constraints of a space about many draws."""
    begin = time.process_time()
    space = spaces.get(name, macs=SMALL_BAND if name.startswith('rexnet') else BAND)
    population = spaces.sample(space, seed=seed, count=networks)
    seconds = time.process_time() - begin
    found = spaces.explain(space, seed=seed, draws=draws)
    return {
        'space': name,
        'macs': [population.macs.min().item(), population.macs.max().item()],
        'seconds': round(seconds, 3),
        'draws': population.drawn.draws,
        'repeated': population.drawn.removed['network there already'],
        'rate': round(found.rate, 6),
        'error': round((found.rate * (1 - found.rate) / found.draws) ** 0.5, 6),
        'passed': dict(found.passed),
    }


def show(rows: list[dict], networks: int) -> None:
    """Print the result as a table."""
    grid = table(f'{networks} networks', 'space', 'seconds', 'draws', 'repeated', 'accepted')
    for row in rows:
        rate = f'{row["rate"]:.2%} ± {row["error"]:.2%}'
        grid.add_row(row['space'], f'{row["seconds"]:.2f}', str(row['draws']), str(row['repeated']), rate)
    console().print(grid)


@click.command()
@click.option('--networks', type=click.IntRange(1), default=500, show_default=True, help='Of each space.')
@click.option(
    '--draws', type=click.IntRange(1), default=400_000, show_default=True, help='For the share that passes.'
)
@click.option('--seed', type=click.IntRange(0), default=0, show_default=True, help='Random seed.')
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(networks: int, draws: int, seed: int, out: Path) -> None:
    """Time the drawing of populations from every named space, and the share of draws that is accepted."""
    rows = [
        measure(name, networks=networks, draws=draws, seed=seed)
        for name in track(spaces.names(), 'drawing networks', unit='spaces')
    ]
    show(rows, networks)
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': f'{COMMAND} --networks {networks} --draws {draws} --seed {seed}',
        'versions': {'mmchan': __version__, 'numpy': np.__version__, 'python': platform.python_version()},
        'unit': UNIT,
        'spaces': rows,
    }
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')
    slow = [row['space'] for row in rows if row['seconds'] > LIMITS.get(row['space'], float('inf'))]
    if slow and networks <= 500:
        raise click.ClickException(f'slower than they may be: {", ".join(slow)}')


if __name__ == '__main__':
    main()
