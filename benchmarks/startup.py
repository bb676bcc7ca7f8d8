"""How long do programs take to start, and a training until its first iteration begins and ends?

    python benchmarks/startup.py
    python benchmarks/startup.py --before ../other-checkout

Runs every program in a process of its own, in turn with what any such program takes: Python alone, or Python
that imports torch. Reads the clock on the wall, and the processor time, which other programs on the machine
disturb less. With --before the same is done in another checkout. Written to benchmarks/results/startup.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click
from timed import Group, timed, write

from mmchan.measure.timing import Timing
from mmchan.progress import track

ROOT = Path(__file__).parents[1]
DETECTOR = 'configs/mask_rcnn/mask-rcnn_regnetx-3.2gf_fpn_1x_coco.py'
TRAINED = (
    'configs/regnet/regnetx-400mf_1xb64_digits.py',
    'configs/rexnet/rexnet-1.0x_1xb64_digits.py',
    'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py',
)
PYTHON, TORCH = 'Python alone', 'Python and torch'
PROGRAMS = {
    'import mmchan.channels': ['-c', 'import mmchan.channels'],
    'a plan and its cost': [
        '-c',
        "from mmchan.channels import count, get_plan; count(get_plan('rexnet-1.0x'))",
    ],
    'mmchan --help': ['-m', 'mmchan', '--help'],
    'mmchan show': ['-m', 'mmchan', 'show', 'regnetx-400mf'],
    'mmchan list': ['-m', 'mmchan', 'list'],
    'mmchan print-config (Mask R-CNN, COCO)': ['-m', 'mmchan', 'print-config', DETECTOR],
}
PROBE = """
import json, os, time
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

def now():
    return time.monotonic() - float(os.environ['STARTED']), sum(os.times()[:2])

@HOOKS.register_module()
class StartupProbe(Hook):
    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.begun = now()

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        with open(os.environ['TOLD'], 'w') as file:
            json.dump([self.begun, now()], file)
        raise SystemExit
"""
PROBED = """
_base_ = [{config!r}]
custom_imports = dict(imports=['startup_probe'])
default_hooks = dict(probe=dict(type='StartupProbe', priority='VERY_LOW'))
"""


class Used(NamedTuple):
    """What a program took, s."""

    wall: float
    processor: float


def environment(checkout: Path, *more: Path, **variables: str) -> dict[str, str]:
    """The environment of a program that imports mmchan from a checkout."""
    return {**os.environ, 'PYTHONPATH': os.pathsep.join(map(str, (checkout, *more))), **variables}


def run(command: Sequence[str], checkout: Path) -> Used:
    """Run Python to its end."""
    started = time.monotonic()
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, *command], cwd=checkout, env=environment(checkout), **quiet)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f'{" ".join(command)} failed in {checkout}')
    return Used(time.monotonic() - started, usage.ru_utime + usage.ru_stime)


def first_iteration(config: str, checkout: Path) -> tuple[Used, Used]:
    """Train until the first iteration ends: what it took until that begins, and until it ends."""
    with tempfile.TemporaryDirectory() as folder:
        probed, told = Path(folder) / 'probed.py', Path(folder) / 'told.json'
        (Path(folder) / 'startup_probe.py').write_text(PROBE)
        probed.write_text(PROBED.format(config=str(checkout / config)))
        command = [sys.executable, 'tools/train.py', str(probed), '--work-dir', f'{folder}/run']
        variables = environment(checkout, Path(folder), STARTED=str(time.monotonic()), TOLD=str(told))
        done = subprocess.run(  # noqa: S603
            command, cwd=checkout, env=variables, capture_output=True, text=True, check=False
        )
        if not told.exists():
            raise click.ClickException(f'{config} does not train in {checkout}:\n{done.stderr[-2000:]}')
        begun, ended = json.loads(told.read_text())
    return Used(*begun), Used(*ended)


def groups(title: str, read: Mapping[str, Sequence[Used]], aim: float | None = None) -> list[Group]:
    """Wall and processor time of one program, with the floor, before and now."""
    peer = 'before' if 'before' in read else next(iter(read))
    return [
        timed(
            f'{title}, {what}',
            {name: Timing(tuple(getattr(used, field) for used in took)) for name, took in read.items()},
            peer,
            note=f'aim: {aim:g} s on the clock' if aim and field == 'wall' else '',
        )
        for field, what in (('processor', 'processor time'), ('wall', 'on the clock'))
    ]


def programs(checkouts: Mapping[str, Path], rounds: int) -> list[Group]:
    """The programs that end by themselves."""
    found = []
    for title, command in track(PROGRAMS.items(), 'starting programs', unit='programs'):
        read = {PYTHON: [], **{name: [] for name in checkouts}}
        for _ in range(rounds):
            read[PYTHON].append(run(['-c', 'pass'], ROOT))
            for name, checkout in checkouts.items():
                read[name].append(run(command, checkout))
        found += groups(title, read)
    return found


def trainings(checkouts: Mapping[str, Path], rounds: int) -> list[Group]:
    """Trainings until their first iteration begins and ends."""
    found = []
    for config in track(TRAINED, 'starting trainings', unit='configs'):
        begun = {TORCH: [], **{name: [] for name in checkouts}}
        ended = {TORCH: [], **{name: [] for name in checkouts}}
        for index in range(rounds + 1):
            torch = run(['-c', 'import torch'], ROOT)
            took = {TORCH: (torch, torch)}
            took |= {name: first_iteration(config, checkout) for name, checkout in checkouts.items()}
            for name in took if index else ():  # the first writes the data, and reads libraries from the disk
                begun[name].append(took[name][0])
                ended[name].append(took[name][1])
        name = Path(config).stem
        found += groups(f'{name}: until the first iteration begins', begun)
        found += groups(f'{name}: until the first iteration ends', ended, aim=4)
    return found


@click.command()
@click.option(
    '--before', type=click.Path(exists=True, file_okay=False, path_type=Path), help='Another checkout.'
)
@click.option(
    '--rounds', type=click.IntRange(2), default=20, show_default=True, help='Of the short programs.'
)
@click.option(
    '--trainings', 'starts', type=click.IntRange(0), default=5, show_default=True, help='Of each config.'
)
@click.option('--out', type=click.Path(path_type=Path), help='File for the result.')
def main(before: Path | None, rounds: int, starts: int, out: Path | None) -> None:
    """Measure how long programs and trainings take to start."""
    checkouts = {**({'before': before.resolve()} if before else {}), 'now': ROOT}
    found = programs(checkouts, rounds) + (trainings(checkouts, starts) if starts else [])
    command = f'python benchmarks/startup.py --rounds {rounds} --trainings {starts}'
    write('startup', found, command=f'{command} --before DIR' if before else command, threads=1, out=out)


if __name__ == '__main__':
    main()
