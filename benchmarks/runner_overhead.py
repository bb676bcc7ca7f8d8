"""What does an exact training cost over MMEngine's Runner?

    python benchmarks/runner_overhead.py --repeats 5

Trains an epoch of a digits config with MMEngine's Runner (A) and with ours (B) in turn, A B B A, each in a
process of its own, and compares the time of an iteration, from one to the next: medians over all iterations
but the first ones of each epoch, and their ratio in every pair. Once by the clock on the wall, once by the
time that the process computed, which other programs on the machine disturb less.
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
from mmchan.measure.timing import quartiles
from mmchan.registry import HOOKS
from mmchan.runs.config import config_to_train
from mmchan.runs.launch import run_training

CONFIG = 'configs/regnet/regnetx-400mf_1xb64_digits.py'
WARM_UP = 3  # iterations that are not counted
CLOCKS = {'wall': time.perf_counter, 'CPU': time.process_time}
RUNNERS = {'MMEngine': ('Runner', None), 'mmchan': ('mmchan.ExactRunner', {})}


@HOOKS.register_module()
class StopwatchHook(Hook):
    """Writes how long every iteration took, in seconds of every clock.

    Args:
        out: File to write.
    """

    priority = 'LOWEST'

    def __init__(self, out: str) -> None:
        self.out = Path(out)
        self.ends: list[list[float]] = []

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Note the time."""
        self.ends.append([clock() for clock in CLOCKS.values()])

    def after_train(self, runner: Runner) -> None:
        """Write the times."""
        ends = dict(zip(CLOCKS, zip(*self.ends[WARM_UP:], strict=True), strict=True))
        times = {
            clock: [end - begin for begin, end in itertools.pairwise(found)] for clock, found in ends.items()
        }
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


def iteration_times(name: str, config: str, place: Path) -> dict[str, float]:
    """Seconds of an iteration by every clock, the median of an epoch's, in a process of its own."""
    process = torch.multiprocessing.get_context('fork').Process(
        target=run_training, args=(config_of(name, config, place),)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f'the training with the Runner of {name} ended with {process.exitcode}')
    times = json.loads((place / f'{name}.json').read_text(encoding='utf-8'))
    return {clock: statistics.median(found) for clock, found in times.items()}


@click.command()
@click.option('--repeats', type=click.IntRange(1), default=5, show_default=True, help='Pairs of epochs.')
@click.option('--config', default=CONFIG, show_default=True)
def main(repeats: int, config: str) -> None:
    """Compare the Runners and print the ratio."""
    times: dict[str, list[dict[str, float]]] = {name: [] for name in RUNNERS}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(repeats):
            order = list(RUNNERS) if number % 2 == 0 else list(reversed(RUNNERS))
            for name in order:
                times[name].append(iteration_times(name, config, Path(folder)))
    shown = table(f'{config}, ms an iteration', 'clock', *RUNNERS, 'ratio, median of the pairs', 'quartiles')
    for clock in CLOCKS:
        theirs, ours = ([epoch[clock] for epoch in times[name]] for name in RUNNERS)
        low, ratio, high = quartiles([mine / other for other, mine in zip(theirs, ours, strict=True)])
        medians = (f'{statistics.median(found) * 1e3:.1f}' for found in (theirs, ours))
        shown.add_row(clock, *medians, f'{ratio:.3f}', f'{low:.3f} to {high:.3f}')
    console().print(shown)


if __name__ == '__main__':
    main()
