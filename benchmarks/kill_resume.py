"""Is a training that was killed and resumed the same training?

    python benchmarks/kill_resume.py --kills 100

Trains a tiny network, kills it with SIGKILL at random instants, also in validations and saves, resumes it
with ``--resume``, kills it again, until it is through; then compares weights, optimizer state, EMA, metrics
and the best checkpoint with those of a run that was never killed, bit by bit. Every start draws another
number of data loading workers; the run that is never killed has none. The configs are in benchmarks/configs/.

The killed processes are forks of one that has imported the libraries, which takes longer than the run.
"""

import contextlib
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import torch
from mmengine.runner import runner

from mmchan.cli import options
from mmchan.runs import config as run_config
from mmchan.runs import launch
from mmchan.weights.checkpoints import read_checkpoint

CONFIGS = {
    kind: Path(__file__).parent / 'configs' / f'exact_{kind}.py' for kind in ('classification', 'detection')
}
LIBRARIES = {'classification': 'mmpretrain', 'detection': 'mmdet'}
KILLS_OF_A_RUN = 4
SHARE_AT_WORK = 0.9
WORKERS = (0, 0, 1, 2)  # of the data loaders, another number at every start; starting them takes time
MARK = b'Checkpoints will be saved to'  # what MMEngine logs before the first iteration
# what tells when something happened, or how long it took
VOLATILE = ('time', 'eta', 'memory', 'experiment_name', 'last_ckpt', 'best_ckpt', 'cfg', 'seed')


@dataclass
class Count:
    """What happened to the runs."""

    kills: int = 0
    runs: int = 0
    different: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Training:
    """What is trained: a config, ``--amp`` and ``--cfg-options``."""

    config: Path
    amp: str | None
    options: Mapping[str, object]


def train(training: Training, work_dir: Path, *, log: Path, options: Mapping | None = None) -> int:
    """Start a training in a process of its own, resuming what is there; its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with log.open('a') as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        cfg = run_config.config_to_train(
            training.config,
            work_dir=str(work_dir),
            resume='auto',
            amp=training.amp,
            cfg_options={**training.options, **(options or {})},
        )
        launch.run_training(cfg)
        code = 0
    finally:
        if code:
            sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(code)


def finish(child: int, log: Path) -> None:
    """Wait for a training that is not killed."""
    _, status = os.waitpid(child, 0)
    if status:
        tail = '\n'.join(log.read_text().splitlines()[-40:])
        raise RuntimeError(f'a training failed with status {status}:\n{tail}')


def begins(child: int, log: Path, offset: int) -> bool:
    """Wait until a training has begun to train; whether it did before it ended."""
    while not log.is_file() or MARK not in log.read_bytes()[offset:]:
        if os.waitpid(child, os.WNOHANG) != (0, 0):
            return False
        time.sleep(0.005)
    return True


def kill_after(child: int, seconds: float) -> bool:
    """Kill a training after a time; whether it was still running."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG) != (0, 0):
            return False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def differences(one: object, other: object, name: str = '') -> Iterator[str]:
    """Names of all that differs between two checkpoints, bit by bit."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            if any(part in str(key) for part in VOLATILE):
                continue
            yield from differences(one.get(key), other.get(key), f'{name}.{key}' if name else str(key))
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f'{name}[{number}]')
    elif hasattr(one, '_log_history'):  # a HistoryBuffer of the logs
        yield from differences(one._log_history.tolist(), other._log_history.tolist(), name)
    elif isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        # as bytes: NaN equals NaN, 0.0 is not -0.0
        same = one.dtype == other.dtype and one.shape == other.shape
        if not same or one.numpy().tobytes() != other.numpy().tobytes():
            yield name
    elif one != other and not (one != one and other != other):
        yield f'{name}: {one!r} and {other!r}'


def compare(one: Path, other: Path) -> list[str]:
    """What differs between the checkpoints of two work directories."""
    names = [sorted(path.name for path in folder.glob('*.pth')) for folder in (one, other)]
    if names[0] != names[1]:
        return [f'checkpoints {names[0]} and {names[1]}']
    return [
        f'{name}: {difference}'
        for name in names[0]
        for difference in differences(read_checkpoint(str(one / name)), read_checkpoint(str(other / name)))
    ]


@contextlib.contextmanager
def workplace(keep: Path | None) -> Iterator[Path]:
    """The folder of the runs, with the data where the configs look for it."""
    with tempfile.TemporaryDirectory() as folder:
        place = keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        before = Path.cwd()
        os.chdir(place)
        try:
            yield place
        finally:
            os.chdir(before)


def workers(draw: random.Random) -> dict[str, int]:
    """Options of a number of data loading workers."""
    number = draw.choice(WORKERS)
    return {f'{loader}_dataloader.num_workers': number for loader in ('train', 'val')}


def run_killed(
    training: Training, place: Path, seconds: float, kills: int, draw: random.Random
) -> tuple[Path, int]:
    """A run that is killed some times and then finishes; its work directory and how often it was killed."""
    work_dir, log = place / 'killed', place / 'killed.log'
    shutil.rmtree(work_dir, ignore_errors=True)
    log.unlink(missing_ok=True)
    killed = 0
    for _ in range(kills):
        offset = log.stat().st_size if log.is_file() else 0
        child = train(training, work_dir, log=log, options=workers(draw))
        # most of the kills where it trains, the others while it is set up
        if draw.random() < SHARE_AT_WORK and not begins(child, log, offset):
            break
        if not kill_after(child, draw.uniform(0, seconds)):
            break
        killed += 1
    finish(train(training, work_dir, log=log), log)
    return work_dir, killed


@click.command(cls=options.ToolCommand)
@click.option('--kills', type=click.IntRange(1), default=20, show_default=True)
@click.option('--seed', type=int, default=0, show_default=True)
@click.option('--kind', type=click.Choice(list(CONFIGS)), default='classification', show_default=True)
@click.option('--keep', type=click.Path(path_type=Path), help='Folder to keep; a temporary one by default.')
@options.amp
@options.cfg_options
def main(
    kills: int, seed: int, kind: str, keep: Path | None, amp: str | None, cfg_options: dict | None
) -> None:
    """Kill and resume; exit with 1 where anything differs."""
    torch.set_num_threads(1)
    runner.collect_env = (
        dict  # asks compilers, for as long as the whole run takes, and the GPU, before the forks
    )
    for part in ('datasets', 'engine', 'evaluation', 'models', 'visualization'):
        importlib.import_module(f'{LIBRARIES[kind]}.{part}')
    draw, count = random.Random(seed), Count()  # noqa: S311
    training = Training(CONFIGS[kind], amp, cfg_options or {})
    with workplace(keep and keep.absolute()) as place:
        whole, log = place / 'whole', place / 'whole.log'
        child = train(training, whole, log=log)
        begins(child, log, 0)
        begin = time.monotonic()
        finish(child, log)
        seconds = time.monotonic() - begin
        while count.kills < kills:
            wanted = min(draw.randint(1, KILLS_OF_A_RUN), kills - count.kills)
            work_dir, killed = run_killed(training, place, seconds=seconds, kills=wanted, draw=draw)
            count.kills += killed
            count.runs += 1
            count.different += compare(whole, work_dir)
            click.echo(f'{count.kills} kills, {count.runs} runs, {len(count.different)} differences')
            if count.different:
                break
    for difference in count.different[:20]:
        click.echo(difference)
    sys.exit(bool(count.different))


if __name__ == '__main__':
    main()
