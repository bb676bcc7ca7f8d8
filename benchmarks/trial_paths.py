"""Does the fast path of a trial train as the ordinary one does, and how much faster?

    python benchmarks/trial_paths.py

Trains the same networks of a sweep's space with the same seeds by both paths. Prints the mean difference of
their last errors, paired, with its confidence interval, and what a trial and an epoch take; writes it to
benchmarks/results/trial_paths.json.
"""

import datetime
import json
import os
import platform
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import torch
from scipy import stats

from mmchan import __version__
from mmchan.cli.console import console, table
from mmchan.design import spaces
from mmchan.design.spaces import Space
from mmchan.design.trials import Task, run_trial
from mmchan.files import replacing
from mmchan.progress import track
from mmchan.runs.config import load_config

ROOT = Path(__file__).parents[1]
SWEEP = ROOT / 'configs' / 'sweeps' / 'anynetx-a_digits.py'
RESULT = Path(__file__).parent / 'results' / 'trial_paths.json'
COMMAND = 'python benchmarks/trial_paths.py'
PATHS = ('fast', 'ordinary')
UNIT = (
    'error: of the last validation, a share; difference: fast less ordinary, mean over pairs of one network '
    'and seed, with its 95 % interval (Student); seconds: processor time of a trial with its start-up, the '
    "loaders' workers included, median; epoch_seconds: of an epoch with its validation, from two lengths"
)


def read_space(said: dict) -> Space:
    """The space that a sweep config names."""
    named = {key: said[key] for key in ('macs', 'resolution', 'num_classes')}
    whole = spaces.get(said['name'], **named).to_config()
    return Space.from_config({**whole, 'laws': {**whole['laws'], **said.get('laws', {})}})


def tasks(sweep: Path, *, networks: int, seeds: int, epochs: int) -> list[Task]:
    """The trials, those of a network one after another; their folder is chosen later."""
    cfg = load_config(sweep)
    base = load_config(sweep.parent / cfg.train).to_dict()
    drawn = spaces.sample(read_space(cfg.space.to_dict()), seed=0, count=networks)
    return [
        Task(trial=f'{drawn.ids[index]}-{seed}', arch=arch, seed=seed, epochs=epochs, config=base)
        for index, arch in enumerate(drawn.archs())
        for seed in range(seeds)
    ]


def processor_seconds() -> float:
    """Processor time of this process and of the workers that it has ended."""
    return sum(os.times()[:4])


def run(task: Task, path: str) -> tuple[float, float]:
    """The last error by one path, and the processor time of the trial."""
    with tempfile.TemporaryDirectory() as folder:
        begin = processor_seconds()
        outcome = run_trial(replace(task, path=path, folder=folder))
        return outcome.last, processor_seconds() - begin


def compare(errors: np.ndarray) -> dict[str, object]:
    """Mean difference of the two columns of errors, and its interval."""
    tested = stats.ttest_rel(errors[:, 0], errors[:, 1])
    interval = tested.confidence_interval(0.95)
    return {
        'difference': round(float(np.mean(errors[:, 0] - errors[:, 1])), 5),
        'interval': [round(float(interval.low), 5), round(float(interval.high), 5)],
        'p': round(float(tested.pvalue), 4),
        'correlation': round(float(np.corrcoef(errors.T)[0, 1]), 4),
    }


def epoch_seconds(task: Task, whole: float, path: str) -> float:
    """What an epoch adds to a trial: that of all epochs less one of a single epoch."""
    _, single = run(replace(task, epochs=1), path)
    return (whole - single) / (task.epochs - 1)


def show(result: dict) -> None:
    """Print the result."""
    grid = table('a trial by both paths', 'path', 'mean error', 's a trial', 's an epoch')
    for path in PATHS:
        row = result['paths'][path]
        numbers = f'{row["error"]:.2%}', f'{row["seconds"]:.2f}', f'{row["epoch_seconds"]:.3f}'
        grid.add_row(path, *numbers)
    console().print(grid)
    low, high = result['interval']
    click.echo(f'fast less ordinary: {result["difference"]:+.2%}, 95 %: {low:+.2%} to {high:+.2%}')
    click.echo(f'times faster: {result["ratio"]:.1f} a trial, {result["epoch_ratio"]:.1f} an epoch')


@click.command()
@click.option('--sweep', type=click.Path(path_type=Path, exists=True), default=SWEEP, help='A sweep config.')
@click.option('--networks', type=click.IntRange(1), default=12, show_default=True)
@click.option('--seeds', type=click.IntRange(1), default=3, show_default=True)
@click.option('--epochs', type=click.IntRange(2), default=10, show_default=True)
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(sweep: Path, networks: int, seeds: int, epochs: int, out: Path) -> None:
    """Train networks by both paths and compare."""
    trials = tasks(sweep, networks=networks, seeds=seeds, epochs=epochs)
    for path in PATHS:  # what a process does once
        run(replace(trials[0], epochs=1), path)
    rows = [[run(task, path) for path in PATHS] for task in track(trials, 'training', unit='pairs of trials')]
    errors, seconds = np.moveaxis(np.array(rows), 2, 0)
    epoch = [epoch_seconds(trials[0], seconds[0, column], path) for column, path in enumerate(PATHS)]
    medians = np.median(seconds, axis=0)
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'command': f'{COMMAND} --networks {networks} --seeds {seeds} --epochs {epochs}',
        'machine': f'{platform.machine()}, {os.cpu_count()} cores, one thread',
        'versions': {'mmchan': __version__, 'torch': torch.__version__, 'python': platform.python_version()},
        'unit': UNIT,
        **compare(errors),
        'ratio': round(float(medians[1] / medians[0]), 2),
        'epoch_ratio': round(float(epoch[1] / epoch[0]), 2),
        'paths': {
            path: {
                'error': round(float(errors[:, column].mean()), 5),
                'seconds': round(float(medians[column]), 2),
                'epoch_seconds': round(float(epoch[column]), 3),
            }
            for column, path in enumerate(PATHS)
        },
        'pairs': [
            {'trial': task.trial, **dict(zip(PATHS, errors[index].tolist(), strict=True))}
            for index, task in enumerate(trials)
        ],
    }
    show(result)
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')


if __name__ == '__main__':
    main()
