"""Is a sweep that was killed and started again the same sweep?

    python benchmarks/kill_sweep.py --kills 300
    python benchmarks/kill_sweep.py --kills 20 --pool ray

Runs a small sweep, kills at random instants the sweep itself, one of its workers or Ray's raylet with
SIGKILL, starts it again whenever it has ended, and compares its table with that of a sweep that nothing
disturbed: every trial once, in the same order, everything but times the same. Every start draws its number of
workers, 1 or 2. The workers of a killed sweep must end with it.

Trials only sleep, and some of them fail, unless --sweep names a sweep config.
"""

import contextlib
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import click
import numpy as np

from mmchan.design import spaces
from mmchan.design.sweeps.pools import RUN_TRIAL, WorkersLostError, open_pool
from mmchan.design.sweeps.running import run_sweep
from mmchan.design.sweeps.settings import Sweep, read_sweep
from mmchan.design.sweeps.table import read_table, without_times
from mmchan.design.trials import Outcome, Task
from mmchan.errors import InputError

WORKER, RAYLET = 'mmchan.design.sweeps.pools.worker', 'raylet/raylet'
VICTIMS = {'processes': ('sweep', 'worker'), 'ray': ('sweep', 'worker', 'raylet')}
KILLS_OF_A_SWEEP = 8
SHARE_AT_WORK = 0.8  # of the kills; the others come also while the sweep starts
SECONDS, SECONDS_OF_TRIALS = 1.0, 10.0  # the most between two kills, of trials that sleep, and real ones
RAY_GONE = (1, -signal.SIGABRT)  # how Ray itself ends a process when its own server has ended
LONGEST = 3600.0  # seconds that a sweep may take
PATIENCE = 30.0  # seconds in which the workers of a killed sweep must have ended


@dataclass
class Count:
    """What happened."""

    kills: Counter = field(default_factory=Counter)
    starts: int = 0
    sweeps: int = 0
    orphans: int = 0
    different: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ', '.join(f'{kind} {count}' for kind, count in sorted(self.kills.items()))
        return (
            f'{self.kills.total()} kills ({kinds}), {self.sweeps} sweeps, {self.starts} starts, '
            f'{self.orphans} orphans, {len(self.different)} differences'
        )


def sleeping(task: Task) -> Outcome:
    """A trial that trains nothing: it sleeps, then fails or returns numbers that follow from its seed."""
    draw = np.random.default_rng(task.seed)
    time.sleep(draw.uniform(0.01, 0.08))
    if task.seed % 10 == 0:
        raise FloatingPointError('the loss is nan')
    if task.seed % 20 == 1:
        os._exit(3)
    errors, losses = draw.random((2, task.epochs)).tolist()
    return Outcome(epochs=list(range(1, task.epochs + 1)), errors=errors, losses=losses, path='fast')


def sleeping_sweep() -> Sweep:
    """Twenty networks."""
    space = spaces.get('anynetx_a', macs=(0.36e6, 0.44e6), resolution=8, num_classes=10)
    return Sweep(name='sleeping', space=space, count=20, train='', config={}, text='', epochs=4, timeout=60)


@dataclass(frozen=True)
class Job:
    """A sweep and how it is run."""

    sweep: Sweep
    function: str
    pool: str

    @property
    def seconds(self) -> float:
        """The most between two kills."""
        return SECONDS if self.function != RUN_TRIAL else SECONDS_OF_TRIALS

    def run(self, folder: Path, *, workers: int) -> None:
        """Run it here."""
        options = {'timeout': self.sweep.timeout, 'workers': workers, 'function': self.function}
        run_sweep(self.sweep, folder, workers=partial(open_pool, self.pool, folder, **options))


class Start:
    """One start of a sweep, in a process of its own."""

    def __init__(self, job: Job, folder: Path, *, workers: int, log: Path) -> None:
        self.code: int | None = None
        self.process = os.fork()
        if self.process == 0:
            self._run(job, folder, workers, log)

    def _run(self, job: Job, folder: Path, workers: int, log: Path) -> None:
        code = 1
        try:
            os.setsid()
            with log.open('a') as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            job.run(folder, workers=workers)
            code = 0
        except InputError as error:
            print(error, flush=True)
            code = error.exit_code
        finally:
            if code == 1:
                sys.excepthook(*sys.exc_info())
            os._exit(code)

    def has_ended(self, *, within: float = 0.0) -> bool:
        """Whether it has ended, or does within some seconds."""
        end = time.monotonic() + within
        while self.code is None:
            ended, status = os.waitpid(self.process, os.WNOHANG)
            if ended:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() >= end:
                return False
            else:
                time.sleep(0.001)
        return True

    def has_worker(self) -> bool:
        """Wait until there is a worker, or the sweep has ended; whether there is one."""
        while not self.has_ended(within=0.05):
            if any(WORKER in words for _, words in descendants(self.process)):
                return True
        return False

    def kill(self, victim: str, draw: random.Random) -> bool:
        """Kill the sweep, or something that it has started; whether there was such a thing."""
        if victim == 'sweep':
            os.kill(self.process, signal.SIGKILL)
            return self.has_ended(within=PATIENCE)
        mark = WORKER if victim == 'worker' else RAYLET
        some = [process for process, words in descendants(self.process) if mark in words]
        if not some:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(draw.choice(some), signal.SIGKILL)
        return True


def descendants(process: int) -> Iterator[tuple[int, str]]:
    """All processes that a process has started, and those that they have, with their command lines."""
    parents: dict[int, list[int]] = {}
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            parent = int((folder / 'stat').read_text().rpartition(')')[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    left = parents.get(process, [])
    while left:
        one = left.pop()
        left += parents.get(one, [])
        try:
            words = Path(f'/proc/{one}/cmdline').read_bytes().replace(b'\0', b' ')
        except OSError:
            continue
        yield one, words.decode(errors='replace')


def is_running(process: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def orphans(left: list[int]) -> int:
    """How many of some processes are still there after a while."""
    end = time.monotonic() + PATIENCE
    while any(map(is_running, left)) and time.monotonic() < end:
        time.sleep(0.02)
    return sum(map(is_running, left))


class Killer:
    """Kills sweeps.

    Args:
        job: What is killed.
        place: Folder for the sweeps.
        seed: Of the instants, the victims and the numbers of workers.
    """

    def __init__(self, job: Job, place: Path, *, seed: int) -> None:
        self.job, self.place = job, place
        self.draw = random.Random(seed)  # noqa: S311 - no secret
        self.count = Count()

    def run(self, kills: int) -> Path:
        """Kill a sweep some times, then let it end; its folder."""
        folder, log = self.place / f'killed-{self.count.sweeps}', self.place / 'killed.log'
        self.count.sweeps += 1
        until = self.count.kills.total() + kills
        while True:
            self.count.starts += 1
            start = Start(self.job, folder, workers=self.draw.choice((1, 2)), log=log)
            while self.count.kills.total() < until and self._hurt(start):
                pass
            start.has_ended(within=LONGEST)
            if start.code == 0:
                return folder
            if start.code not in (-signal.SIGKILL, WorkersLostError.exit_code, *RAY_GONE):
                raise RuntimeError(f'a sweep ended with {start.code}:\n{log.read_text()[-3000:]}')

    def _hurt(self, start: Start) -> bool:
        """Kill something at a random instant; whether the sweep still runs."""
        if self.draw.random() < SHARE_AT_WORK:
            start.has_worker()
        if start.has_ended(within=self.draw.uniform(0, self.job.seconds)):
            return False
        victim = self.draw.choice(VICTIMS[self.job.pool])
        found = descendants(start.process) if victim == 'sweep' else ()
        started = [process for process, words in found if WORKER in words]
        if start.kill(victim, self.draw):
            self.count.kills[victim] += 1
        self.count.orphans += orphans(started)
        return victim == 'worker'


def rows_of(folder: Path) -> list[dict]:
    """A sweep's table in the order of the file, without times; what is no row is a difference too."""
    path = folder / 'trials.jsonl'
    rows = [without_times(row) for row in read_table(path).rows]
    lines = len(path.read_text().splitlines())
    return rows if lines == len(rows) else [*rows, {'lines': lines}]


def differences(rows: list[dict], others: list[dict]) -> list[str]:
    """What differs between two tables, row by row."""
    pairs = itertools.zip_longest(rows, others)
    return [f'{one} is {other}' for one, other in pairs if one != other]


def undisturbed(job: Job, folder: Path) -> Path:
    """The folder of a sweep that is left alone, with one worker."""
    folder.parent.mkdir(exist_ok=True)
    log = folder.with_suffix('.log')
    start = Start(job, folder, workers=1, log=log)
    start.has_ended(within=LONGEST)
    if start.code != 0:
        raise RuntimeError(f'a sweep that is left alone ended with {start.code}:\n{log.read_text()[-3000:]}')
    return folder


@click.command()
@click.option('--kills', type=click.IntRange(1), default=100, show_default=True)
@click.option('--seconds', type=float, help='Stop after that time, whatever --kills says.')
@click.option('--pool', type=click.Choice(list(VICTIMS)), default='processes', show_default=True)
@click.option('--seed', type=int, default=0, show_default=True)
@click.option('--sweep', help='A sweep config, for real trials.')
def main(kills: int, seconds: float | None, pool: str, seed: int, sweep: str | None) -> None:
    """Kill and start again; exit with 1 where anything differs."""
    function = RUN_TRIAL if sweep else 'kill_sweep:sleeping'
    job = Job(read_sweep(sweep) if sweep else sleeping_sweep(), function, pool)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        expected = rows_of(undisturbed(replace(job, pool='processes'), Path(place, 'whole')))
        killer = Killer(job, Path(place), seed=seed)
        count = killer.count
        if pool != 'processes':  # whatever the pool
            count.different += differences(expected, rows_of(undisturbed(job, Path(place, 'whole', pool))))
        while count.kills.total() < kills and time.monotonic() - begin < (seconds or float('inf')):
            wanted = killer.draw.randint(1, KILLS_OF_A_SWEEP)
            folder = killer.run(min(wanted, kills - count.kills.total()))
            count.different += differences(expected, rows_of(folder))
            shutil.rmtree(folder)
            click.echo(str(count))
            if count.different or count.orphans:
                break
    for difference in count.different[:20]:
        click.echo(difference)
    sys.exit(bool(count.different or count.orphans))


if __name__ == '__main__':
    main()
