"""What does an exact training cost over MMEngine's Runner?

    python benchmarks/runner_overhead.py --repeats 5

Trains an epoch of a digits config with MMEngine's Runner (A) and with ours (B) in turn, A B B A, each in a
process of its own, and compares the time of an iteration, from one to the next: medians over all iterations
but the first ones of each epoch, and their ratio in every pair.
"""

import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path

import click
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.cli.console import console, table
from mmchan.home import home
from mmchan.registry import HOOKS
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import run_training

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
WARM_UP = 3  # iterations that are not counted
RUNNERS = {'MMEngine': ('Runner', None), 'mmchan': ('mmchan.ExactRunner', {})}


@HOOKS.register_module()
class StopwatchHook(Hook):
    """Writes how long every iteration took, in seconds.

    Args:
        out: File to write.
    """

    priority = 'LOWEST'

    def __init__(self, out: str) -> None:
        self.out = Path(out)
        self.ends: list[float] = []

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Note the time."""
        self.ends.append(time.perf_counter())

    def after_train(self, runner: Runner) -> None:
        """Write the times."""
        ends = self.ends[WARM_UP:]
        times = [end - begin for begin, end in itertools.pairwise(ends)]
        self.out.write_text(json.dumps(times), encoding='utf-8')


def config_of(name: str, config: str, place: Path) -> Config:
    """The config of an epoch with one of the Runners."""
    runner_type, runtime_cfg = RUNNERS[name]
    cfg = config_to_train(home() / config, work_dir=str(place / name), validate=False)
    cfg.runner_type, cfg.runtime_cfg = runner_type, runtime_cfg
    cfg.train_cfg.max_epochs = 1
    cfg.param_scheduler = None
    cfg.custom_hooks = [{'type': 'mmchan.StopwatchHook', 'out': str(place / f'{name}.json')}]
    return cfg


def iteration_times(name: str, config: str, place: Path) -> list[float]:
    """Seconds of the iterations of an epoch, in a process of its own."""
    process = torch.multiprocessing.get_context('fork').Process(
        target=run_training, args=(config_of(name, config, place),)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f'the training with the Runner of {name} ended with {process.exitcode}')
    return json.loads((place / f'{name}.json').read_text(encoding='utf-8'))


@click.command()
@click.option('--repeats', type=click.IntRange(1), default=5, show_default=True, help='Pairs of epochs.')
@click.option('--config', default=CONFIG, show_default=True)
def main(repeats: int, config: str) -> None:
    """Compare the Runners and print the ratio."""
    times: dict[str, list[list[float]]] = {name: [] for name in RUNNERS}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(repeats):
            order = list(RUNNERS) if number % 2 == 0 else list(reversed(RUNNERS))
            for name in order:
                times[name].append(iteration_times(name, config, Path(folder)))
    medians = {name: [statistics.median(epoch) for epoch in epochs] for name, epochs in times.items()}
    ratios = [ours / theirs for theirs, ours in zip(*medians.values(), strict=True)]
    shown = table(f'{config}, one epoch each', 'Runner', 'ms an iteration')
    for name, found in medians.items():
        shown.add_row(name, f'{statistics.median(found) * 1e3:.1f}')
    console().print(shown)
    listed = ', '.join(f'{ratio:.3f}' for ratio in ratios)
    click.echo(f'ratio, median of {repeats} pairs: {statistics.median(ratios):.3f} ({listed})')


if __name__ == '__main__':
    main()
