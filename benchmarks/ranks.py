"""How near does the rank analysis come to the published figure, and with which of the choices left open?

    python benchmarks/ranks.py

Runs `mmchan.design.ranks.analyse` with its defaults and prints the difference from every value read off
figure 1 of ReXNet's paper (arXiv:2007.00992v3). Then it does the same for other choices of what the paper
does not say, with fewer networks, and prints each one's root mean square difference. Writes all of it to
benchmarks/results/ranks.json.
"""

import datetime
import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import click
import numpy as np
import torch

from mmchan import __version__
from mmchan.cli.console import console, table
from mmchan.design import ranks
from mmchan.files import replacing
from mmchan.progress import track

RESULT = Path(__file__).parent / 'results' / 'ranks.json'
COMMAND = 'python benchmarks/ranks.py'
UNIT = (
    'figure, ours: rank over output channels, mean over networks; error: standard error of that mean; '
    'rms: root mean square of the differences; broken: orders of the figure that do not hold'
)
SMOOTH = ('elu', 'softplus', 'hardswish', 'silu')
RECTIFIERS = ('relu6', 'relu', 'leaky_relu')
SLACK = 0.01  # the figure is read to that
# each differs from the defaults in what it names
CHOICES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        'the defaults': {},
        'weights: uniform': {'weights': 'uniform'},
        'inputs normal': {'values': 'normal'},
        'norm: none': {'norm': 'none'},
        'norm: batch': {'norm': 'batch'},
        'norm: batch, inputs normal': {'norm': 'batch', 'values': 'normal'},
        'widths 10 to 80': {'widths': (10, 80)},
        'widths 40 to 120': {'widths': (40, 120)},
        '2 inputs per feature': {'inputs': 2.0},
        '10 inputs per feature': {'inputs': 10.0},
        'expansion 1': {'expansions': (1, 1)},
        'expansion 1 to 2': {'expansions': (1, 2)},
        'expansion 1 to 4': {'expansions': (1, 4)},
        'expansion 1 to 6': {'expansions': (1, 6)},
        'expansion 6': {'expansions': (6, 6)},
        'tolerance 1e-10': {'tolerance': 1e-10},
        'tolerance 1e-3': {'tolerance': 1e-3},
        'maps of 2x2, widths 10 to 20': {'map_size': 2, 'widths': (10, 20)},
    }
)


def compare(found: ranks.Analysis) -> Iterator[dict]:
    """Every value of the figure that was computed, with ours and the difference."""
    kinds, names, ratios = found.settings.kinds, found.settings.nonlinearities, found.settings.ratios
    for kind, by_ratio in ranks.FIGURE.items():
        for ratio, row in by_ratio.items():
            for name, read in row.items():
                cell = kinds.index(kind), names.index(name), ratios.index(ratio)
                ours = float(found.rank_ratio[cell])
                yield {
                    'kind': kind,
                    'ratio': ratio,
                    'nonlinearity': name,
                    'figure': read,
                    'ours': round(ours, 4),
                    'difference': round(ours - read, 4),
                    'error': round(float(found.rank_error[cell]), 4),
                }


def distances(rows: Sequence[dict]) -> dict[str, float]:
    """Root mean square difference per kind, and of all points."""
    grouped = {kind: [row['difference'] for row in rows if row['kind'] == kind] for kind in ranks.FIGURE}
    grouped['all'] = [row['difference'] for row in rows]
    return {name: round(float(np.sqrt(np.mean(np.square(values)))), 4) for name, values in grouped.items()}


def broken_orders(found: ranks.Analysis) -> list[str]:
    """Where a rectifier is above a smooth nonlinearity, or the linear case off the diagonal, beyond SLACK."""
    names = found.settings.nonlinearities
    values = dict(zip(names, found.rank_ratio.transpose(1, 0, 2), strict=True))
    broken = []
    for place, kind in enumerate(found.settings.kinds):
        if np.abs(values['linear'][place] - found.actual_ratios[place]).max() > SLACK:
            broken.append(f'{kind}: linear off the diagonal')
        for low in RECTIFIERS:
            for high in SMOOTH:
                if (values[low][place] > values[high][place] + SLACK).any():
                    broken.append(f'{kind}: {low} above {high}')
    return broken


def show(rows: Sequence[dict], choices: Mapping[str, dict]) -> None:
    """Print both results as tables."""
    grid = table('rank ratio', 'layer', 'ratio', 'nonlinearity', 'figure', 'ours', 'difference')
    for row in rows:
        numbers = f'{row["figure"]:.3f}', f'{row["ours"]:.3f}', f'{row["difference"]:+.3f}'
        grid.add_row(row['kind'], f'{row["ratio"]:g}', ranks.NONLINEARITIES[row['nonlinearity']], *numbers)
    console().print(grid, '')
    grid = table('root mean square difference', 'choice', *ranks.FIGURE, 'all', 'orders broken')
    for name, choice in choices.items():
        grid.add_row(name, *(f'{value:.3f}' for value in choice['rms'].values()), str(len(choice['broken'])))
    console().print(grid)


@click.command()
@click.option('--networks', type=click.IntRange(1), default=1000, show_default=True, help='Per point.')
@click.option(
    '--few', type=click.IntRange(1), default=60, show_default=True, help='Per point, other choices.'
)
@click.option('--seed', type=click.IntRange(0), default=0, show_default=True, help='Random seed.')
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(networks: int, few: int, seed: int, out: Path) -> None:
    """Compare the rank analysis with the published figure, with the defaults and with other choices."""
    watch = partial(track, what='rank analysis', unit='batches')
    begin, used = time.perf_counter(), time.process_time()
    found = ranks.analyse(ranks.Settings(networks=networks, seed=seed), watch=watch)
    seconds, core_seconds = time.perf_counter() - begin, time.process_time() - used
    rows = list(compare(found))
    few_ratios = sorted({ratio for by_ratio in ranks.FIGURE.values() for ratio in by_ratio})
    base = ranks.Settings(networks=few, seed=seed, ratios=tuple(few_ratios))
    choices = {}
    for name in track(list(CHOICES), 'other choices', unit='choices'):
        other = ranks.analyse(replace(base, **CHOICES[name]))
        choices[name] = {
            'settings': dict(CHOICES[name]),
            'rms': distances(list(compare(other))),
            'broken': broken_orders(other),
        }
    show(rows, choices)
    click.echo(f'{networks} networks per point: {seconds:.0f} s, {core_seconds:.0f} s of processor time')
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': f'{COMMAND} --networks {networks} --few {few} --seed {seed}',
        'versions': {
            'mmchan': __version__,
            'numpy': np.__version__,
            'python': platform.python_version(),
            'torch': torch.__version__,
        },
        'unit': UNIT,
        'cores': os.cpu_count(),
        'seconds': round(seconds, 1),
        'core_seconds': round(core_seconds, 1),
        'rms': distances(rows),
        'broken': broken_orders(found),
        'points': rows,
        'choices': choices,
        'analysis': found.as_dict(),
    }
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')
    if result['broken']:
        raise click.ClickException(f'orders of the figure do not hold: {", ".join(result["broken"])}')


if __name__ == '__main__':
    main()
