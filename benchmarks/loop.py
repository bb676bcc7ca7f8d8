"""What does our training loop cost over a bare one, and what are its defaults worth?

    python benchmarks/loop.py
    python benchmarks/loop.py --accuracy --seeds 5

Trains a digits config for some iterations, each way in a process of its own, A B C, C B A, …, and compares
the median time of an iteration:

- bare: a plain PyTorch loop over the same loader: forward, backward and step of the same model;
- bare, nothing loaded: the same on one batch that is in memory;
- mmchan: ``mmchan train`` by default;
- one core for the loader, NCHW, allocator of the system: what each of the defaults changes;
- --fast.

``--accuracy`` trains to the end with the defaults and without them, as many seeds as are wanted, and compares
the errors.
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
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner
from scipy import stats
from timed import timed, write

from mmchan.cli.console import console, table
from mmchan.home import home
from mmchan.measure.timing import Timing
from mmchan.progress import track
from mmchan.registry import HOOKS
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import build_runner, run_training
from mmchan.runs.logs import read_log
from mmchan.runs.preparation import write_data

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
WARM_UP = 5  # iterations that are not counted
LOADS = 'But for the one that loads nothing, a worker prepares the next images on the same cores.'
SYSTEM = {'MALLOC_TOP_PAD_': '131072'}  # glibc's own value; but where it is set, we leave the allocator alone


@dataclass(frozen=True)
class Way:
    """One way to train.

    Attributes:
        fast: With ``--fast``.
        options: What ``--cfg-options`` sets.
        environment: Variables of the environment.
        bare: A plain PyTorch loop.
        loads: With the config's loader; else on one batch.
    """

    fast: bool = False
    options: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    bare: bool = False
    loads: bool = True


TRAIN = home() / 'tools' / 'train.py'
OURS = 'mmchan'
PLAIN = 'NCHW, allocator of the system'
NCHW = {'runtime_cfg.channels_last': False}


def ways() -> dict[str, Way]:
    """Name -> way; the first is the peer."""
    fewer = {'OMP_NUM_THREADS': str(max(1, (os.cpu_count() or 1) - 1))}
    return {
        'bare': Way(bare=True),
        'bare, nothing loaded': Way(bare=True, loads=False),
        OURS: Way(),
        'a core for the loader': Way(environment=fewer),
        'NCHW': Way(options=NCHW),
        'allocator of the system': Way(environment=SYSTEM),
        PLAIN: Way(options=NCHW, environment=SYSTEM),
        '--fast': Way(fast=True),
    }


@HOOKS.register_module()
class IterationsHook(Hook):
    """Writes when every iteration ended and how long its step took, and ends the process after the last.

    Args:
        out: File to write: seconds since the epoch, and of each step.
        last: Number of iterations.
    """

    priority = 'LOWEST'

    def __init__(self, out: str, last: int) -> None:
        self.out = Path(out)
        self.last = last
        self.ends: list[float] = []
        self.steps: list[float] = []

    def before_train(self, runner: Runner) -> None:
        """Time forward, backward and update of every step."""
        step = runner.model.train_step

        def timed_step(*arguments: object, **settings: object) -> dict:
            begin = time.perf_counter()
            found = step(*arguments, **settings)
            self.steps.append(time.perf_counter() - begin)
            return found

        runner.model.train_step = timed_step

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Note the time."""
        self.ends.append(time.time())
        if len(self.ends) == self.last:
            keep(self.out, self.ends, self.steps)
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
    list(write_data(cfg, ['train_dataloader']))
    train_bare(cfg, out, iterations, loads=way.loads)


def train_bare(cfg: Config, out: Path, iterations: int, *, loads: bool) -> None:
    """Train in a plain loop over the loader of a config, or over its first batch again and again."""
    runner = build_runner(cfg)
    optimizer = runner.build_optim_wrapper(cfg.optim_wrapper).optimizer
    model, loader = runner.model.train(), runner.build_dataloader(cfg.train_dataloader, seed=0)
    batches = itertools.chain.from_iterable(itertools.repeat(loader))
    if not loads:
        batches = itertools.repeat(next(batches))
    ends = []
    for batch in itertools.islice(batches, iterations):
        losses = model(**model.data_preprocessor(batch, training=True), mode='loss')
        optimizer.zero_grad()
        losses['loss'].backward()
        optimizer.step()
        ends.append(time.time())
    keep(out, ends, [])


def keep(out: Path, ends: list[float], steps: list[float]) -> None:
    """Write what a process measured."""
    out.write_text(json.dumps({'ends': ends, 'steps': steps}), encoding='utf-8')


def iteration_of(name: str, config: str, place: Path, iterations: int) -> tuple[float, float]:
    """Seconds of an iteration by one way, the median of a process, and of what is outside of its step."""
    out = place / 'ends.json'
    command = [sys.executable, __file__, '--config', config, '--way', name, '--out', str(out)]
    run([*command, '--iterations', str(iterations)], ways()[name].environment)
    found = json.loads(out.read_text(encoding='utf-8'))
    whole = [late - early for early, late in itertools.pairwise(found['ends'])]
    steps = found['steps'][1:] or whole
    outside = [one - step for one, step in zip(whole, steps, strict=True)]
    return statistics.median(whole[WARM_UP:]), statistics.median(outside[WARM_UP:])


def run(command: list[str], variables: dict[str, str]) -> None:
    """Run a command to its end with more variables in its environment; its errors are shown."""
    subprocess.run(command, env={**os.environ, **variables}, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def compare(config: str, rounds: int, iterations: int) -> tuple[dict[str, Timing], Timing]:
    """Seconds of an iteration by every way, and of what our loop adds to a step."""
    seconds: dict[str, list[float]] = {name: [] for name in ways()}
    outside = []
    with tempfile.TemporaryDirectory() as folder:
        for number in track(range(rounds), 'comparing', unit='rounds'):
            for name in list(seconds) if number % 2 == 0 else reversed(list(seconds)):
                whole, around = iteration_of(name, config, Path(folder), iterations)
                seconds[name].append(whole)
                if name == OURS:
                    outside.append(around)
    return {name: Timing(tuple(found)) for name, found in seconds.items()}, Timing(tuple(outside))


def error_of(seed: int, place: Path, config: str, way: Way) -> float:
    """Top-1 error of a whole training, percent; a process of its own."""
    work_dir = place / str(seed)
    options = [f'{key}={value}' for key, value in way.options.items()]
    command = [
        sys.executable,
        str(TRAIN),
        str(home() / config),
        '--work-dir',
        str(work_dir),
        '--seed',
        str(seed),
    ]
    run([*command, *(['--cfg-options', *options] if options else [])], way.environment)
    return 100 - read_log(work_dir).series['accuracy/top1'].values[-1]


def compare_accuracy(config: str, seeds: int) -> None:
    """Print the errors of trainings with and without the defaults, and a paired test of their difference."""
    rows = table(f'{config}, error in %', 'seed', PLAIN, OURS, 'difference')
    differences = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in track(range(seeds), 'training', unit='seeds'):
            errors = [error_of(seed, Path(folder) / name, config, ways()[name]) for name in (PLAIN, OURS)]
            differences.append(errors[1] - errors[0])
            cells = [str(seed), *(f'{error:.2f}' for error in errors), f'{differences[-1]:+.2f}']
            rows.add_row(*cells)
            click.echo(' '.join(cells), err=True)
    console().print(rows)
    if seeds > 1 and any(differences):
        test = stats.ttest_1samp(differences, 0)
        low, high = test.confidence_interval()
        click.echo(f'95 % interval of the mean: {low:+.2f} to {high:+.2f} points, p = {test.pvalue:.2f}')


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
        timings, outside = compare(config, rounds, iterations)
        title = f'{Path(config).stem}, an iteration'
        parts = {'whole': timings[OURS], 'outside of forward, backward and update': outside}
        groups = [
            timed(title, timings, 'bare', aim={OURS: 0.97}, note=LOADS),
            timed(f'{title}, its parts', parts, 'whole'),
        ]
        command = f'python benchmarks/loop.py --rounds {rounds}'
        write('loop', groups, command=command, threads=torch.get_num_threads(), out=out)


if __name__ == '__main__':
    main()
