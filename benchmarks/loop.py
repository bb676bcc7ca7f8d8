"""What does our training loop cost over a bare one, and what are its defaults worth?

    python benchmarks/loop.py
    python benchmarks/loop.py --accuracy --seeds 5

Trains a digits config for some iterations, each way in a process of its own, A B C, C B A, …, and compares the
median time of an iteration:

- bare: forward, backward and step of the same model on one batch that is in memory, no loop around it;
- mmchan: ``mmchan train`` by default;
- one core for the loader, NCHW, allocator of the system: what each of the defaults changes;
- --fast.

Start-up is the time from the start of ``tools/train.py`` to the end of its first iteration. ``--accuracy``
trains to the end with the defaults and without them, as many seeds as are wanted, and compares the errors.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from scipy import stats
from timed import counted, timed, write

from mmchan.cli.console import console, table
from mmchan.home import home
from mmchan.measure.timing import Timing
from mmchan.progress import progress
from mmchan.registry import HOOKS
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import build_runner, run_training

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
WARM_UP = 5  # iterations that are not counted
SYSTEM = {'MALLOC_TOP_PAD_': '131072'}  # glibc's own value; but where it is set, we leave the allocator alone


@dataclass(frozen=True)
class Way:
    """One way to train.

    Attributes:
        fast: With ``--fast``.
        options: What ``--cfg-options`` sets.
        environment: Variables of the environment.
        bare: Without a loop.
    """

    fast: bool = False
    options: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    bare: bool = False


NCHW = {'runtime_cfg.channels_last': False}


def ways() -> dict[str, Way]:
    """Name -> way; the first is the peer."""
    fewer = {'OMP_NUM_THREADS': str(max(1, (os.cpu_count() or 1) - 1))}
    return {
        'bare': Way(bare=True),
        'mmchan': Way(),
        'a core for the loader': Way(environment=fewer),
        'NCHW': Way(options=NCHW),
        'allocator of the system': Way(environment=SYSTEM),
        'NCHW, allocator of the system': Way(options=NCHW, environment=SYSTEM),
        '--fast': Way(fast=True),
    }


@HOOKS.register_module()
class IterationsHook(Hook):
    """Writes when every iteration ended, and ends the process after the last.

    Args:
        out: File to write: seconds since the epoch.
        last: Number of iterations.
    """

    priority = 'LOWEST'

    def __init__(self, out: str, last: int) -> None:
        self.out = Path(out)
        self.last = last
        self.ends: list[float] = []

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Note the time."""
        self.ends.append(time.time())
        if len(self.ends) == self.last:
            self.out.write_text(json.dumps(self.ends), encoding='utf-8')
            runner.train_loop.stop_training = True
            raise SystemExit(0)


def train_here(config: str, way: Way, out: Path, iterations: int) -> None:
    """Train in this process, and write when every iteration ended."""
    cfg = config_to_train(
        home() / config,
        work_dir=str(out.parent / 'run'),
        validate=False,
        fast=way.fast,
        cfg_options=way.options,
    )
    if not way.bare:
        cfg.custom_hooks = [{'type': 'mmchan.IterationsHook', 'out': str(out), 'last': iterations}]
        run_training(cfg)
        return
    runner = build_runner(cfg)
    wrapper = runner.build_optim_wrapper(cfg.optim_wrapper)
    model, batch = runner.model.train(), next(iter(runner.build_dataloader(cfg.train_dataloader, seed=0)))
    ends = []
    for _ in range(iterations):
        data = model.data_preprocessor(batch, training=True)
        losses = model(**data, mode='loss')
        wrapper.optimizer.zero_grad()
        losses['loss'].backward()
        wrapper.optimizer.step()
        ends.append(time.time())
    out.write_text(json.dumps(ends), encoding='utf-8')


def ends_of(name: str, config: str, place: Path, iterations: int) -> tuple[float, list[float]]:
    """When a process for one way began, and when each of its iterations ended."""
    out = place / 'ends.json'
    command = [sys.executable, __file__, '--config', config, '--way', name, '--out', str(out)]
    environment = {**os.environ, **ways()[name].environment}
    begin = time.time()
    subprocess.run(  # noqa: S603 (this script)
        [*command, '--iterations', str(iterations)], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return begin, json.loads(out.read_text(encoding='utf-8'))


def compare(config: str, rounds: int, iterations: int) -> tuple[dict[str, Timing], list[float]]:
    """Seconds of an iteration by every way, and seconds of every start-up of ``mmchan train``."""
    seconds: dict[str, list[float]] = {name: [] for name in ways()}
    starts = []
    with tempfile.TemporaryDirectory() as folder, progress('trainings', rounds * len(seconds)) as step:
        for number in range(rounds):
            for name in list(seconds) if number % 2 == 0 else reversed(list(seconds)):
                begin, ends = ends_of(name, config, Path(folder), iterations)
                seconds[name].append(
                    statistics.median(late - early for early, late in itertools.pairwise(ends[WARM_UP:]))
                )
                if name == 'mmchan':
                    starts.append(ends[0] - begin)
                step(1)
    return {name: Timing(tuple(found)) for name, found in seconds.items()}, starts


def error_of(seed: int, place: Path, config: str, *, plain: bool) -> float:
    """Top-1 error of a whole training on the digits, percent; a process of its own."""
    work_dir = place / f'{seed}_{"plain" if plain else "default"}'
    options = ['--cfg-options', 'runtime_cfg.channels_last=False'] if plain else []
    environment = {**os.environ, **(SYSTEM if plain else {})}
    script = home() / 'tools' / 'train.py'
    arguments = [str(home() / config), '--work-dir', str(work_dir), '--seed', str(seed), *options]
    subprocess.run(  # noqa: S603 (our script)
        [sys.executable, str(script), *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    scalars = next(work_dir.rglob('scalars.json')).read_text(encoding='utf-8').splitlines()
    found = [row['accuracy/top1'] for row in map(json.loads, scalars) if 'accuracy/top1' in row]
    return 100 - found[-1]


def compare_accuracy(config: str, seeds: int) -> None:
    """Print the errors of trainings with and without the defaults, and a paired test of their difference."""
    rows = table(f'{config}, error in %', 'seed', 'NCHW', 'default', 'difference')
    differences = []
    with tempfile.TemporaryDirectory() as folder, progress('trainings', 2 * seeds) as step:
        for seed in range(seeds):
            errors = []
            for plain in (True, False):
                errors.append(error_of(seed, Path(folder), config, plain=plain))
                step(1)
            differences.append(errors[1] - errors[0])
            rows.add_row(str(seed), *(f'{error:.2f}' for error in errors), f'{differences[-1]:+.2f}')
    console().print(rows)
    if seeds > 1 and any(differences):
        low, high = stats.ttest_1samp(differences, 0).confidence_interval()
        chance = stats.ttest_1samp(differences, 0).pvalue
        click.echo(
            f'95 % interval of the mean difference: {low:+.2f} to {high:+.2f} points, p = {chance:.2f}'
        )


@click.command()
@click.option('--rounds', type=click.IntRange(1), default=5, show_default=True)
@click.option('--iterations', type=click.IntRange(WARM_UP + 2), default=25, show_default=True)
@click.option('--config', default=CONFIG, show_default=True)
@click.option('--accuracy', is_flag=True, help='Compare errors instead of times.')
@click.option('--seeds', type=click.IntRange(1), default=5, show_default=True, help='With --accuracy.')
@click.option('--out', type=click.Path(path_type=Path), help='File for the result.')
@click.option('--way', hidden=True, help='Train one way, in this process.')
def main(
    rounds: int, iterations: int, config: str, accuracy: bool, seeds: int, out: Path | None, way: str | None
) -> None:
    """Compare ways to train, print and keep the result."""
    if way:
        train_here(config, ways()[way], out, iterations)
    elif accuracy:
        compare_accuracy(config, seeds)
    else:
        timings, starts = compare(config, rounds, iterations)
        aim = {'mmchan': 1 / 1.03}
        title = f'{Path(config).stem}, an iteration'
        start = {'mmchan train': statistics.median(starts)}
        groups = [
            timed(title, timings, 'bare', aim=aim),
            counted('from the start to the first iteration', start, 'mmchan train', unit='s'),
        ]
        write('loop', groups, command='python benchmarks/loop.py', threads=torch.get_num_threads(), out=out)


if __name__ == '__main__':
    main()
