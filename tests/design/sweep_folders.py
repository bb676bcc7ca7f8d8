"""Sweeps' folders as `mmchan sweep run` leaves them, with errors that a formula gives."""

import json
from pathlib import Path

import numpy as np

from mmchan.design.spaces import Population
from mmchan.design.sweeps.table import line_of

VERSIONS = {'mmchan': '0.1.0', 'torch': '2.6.0', 'python': '3.11.2'}


def write_sweep(folder: Path, population: Population, *, rows=None, **settings) -> Path:
    """Write a sweep's folder; its rows are those of :func:`rows_of` unless others are given."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {
        'mmchan': 'sweep',
        'format': 1,
        'name': population.family,
        'count': len(population),
        'seed': 0,
        'epochs': 6,
        'repeats': 1,
        'objective': 'accuracy/top1',
        'higher_is_better': True,
        'path': 'fast',
        'train': 'model = dict()',
        'digest': '0123456789abcdef',
        **settings,
    }
    (folder / 'sweep.json').write_text(json.dumps(said))
    population.write(folder / 'population.jsonl')
    rows = list(rows_of(population, epochs=said['epochs'], repeats=said['repeats'])) if rows is None else rows
    lines = [line_of(row) for row in rows]
    (folder / 'trials.jsonl').write_text(''.join(f'{line}\n' for line in lines))
    return folder


def errors_of(population: Population, *, seed: int = 0) -> np.ndarray:
    """Better are networks whose widths rise by about 2 from stage to stage, and that are neither too deep."""
    rng = np.random.default_rng(seed)
    ratios = np.log2(population.widths[:, 1:] / population.widths[:, :-1])
    depth = population.depths.sum(axis=1)
    base = 0.04 + 0.02 * np.abs(ratios - 0.9).mean(axis=1) + 0.0015 * np.abs(depth - 18)
    return np.clip(base * np.exp(rng.normal(0, 0.25, len(base))), 0.005, 0.9)


def rows_of(population: Population, *, epochs: int = 6, repeats: int = 1, seed: int = 0, errors=None):
    """A finished table: every 40th network failed."""
    rng = np.random.default_rng(seed + 1)
    final = errors_of(population, seed=seed) if errors is None else errors
    causes = ('nan', 'timeout', 'crash')
    for index, plain in enumerate(population.rows()):
        for repeat in range(repeats):
            last = float(final[index] * np.exp(rng.normal(0, 0.03 if repeats > 1 else 0)))
            curve = [round(last + (0.9 - last) * 0.35**epoch, 6) for epoch in range(1, epochs + 1)]
            failed = index % 40 == 39
            yield row_of(
                plain, index, repeat, curve[:2] if failed else curve, causes[index % 3] if failed else None
            )


def row_of(
    plain: dict, index: int, repeat: int, curve: list[float], cause: str | None = None, **others
) -> dict:
    """A line of the table, but for its checksum."""
    stages = {name: plain[name] for name in ('widths', 'depths', 'bottleneck_widths', 'group_widths')}
    costs = {name: plain[name] for name in ('macs', 'parameters', 'activations')}
    return {
        'trial': f'{plain["id"]}-{repeat}',
        'index': index,
        'network': plain['id'],
        'repeat': repeat,
        'budget': 'full',
        'seed': index,
        'arch': plain['arch'],
        **costs,
        **stages,
        'status': 'failed' if cause else 'done',
        'cause': cause,
        'message': f'it ended by {cause}' if cause else '',
        'epochs': list(range(1, len(curve) + 1)),
        'errors': curve,
        'losses': [3 * error for error in curve],
        'last': None if cause else curve[-1],
        'minimum': None if cause else min(curve),
        'path': 'fast',
        'config': 'abcdef',
        'seconds': 4.5,
        'started': '2026-01-01T00:00:00+00:00',
        'host': 'here',
        'pid': 1,
        'versions': VERSIONS,
        **others,
    }
